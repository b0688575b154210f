package dev.lora4j.cli.train;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.evaluate.QuickScores;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.generate.PictureGrid;
import dev.lora4j.cli.generate.PictureMaking;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.dataset.PictureFolder;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.PngFile;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.style.MeanStyle;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import dev.lora4j.spi.Extension;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The whole way once, in a few minutes. */
@Extension(
    point = Command.class,
    name = "quickstart",
    help = "Train a style, blend it with another, show both in one picture, and score the style.")
@picocli.CommandLine.Command(
    name = "quickstart",
    sortOptions = false,
    description =
        "Train a style, blend it with another, show both in one picture, and score the style on"
            + " things that it was not taught.")
public final class QuickstartCommand implements Command {
  /** Things that the bundled style set does not show, so that the style has to carry over. */
  private static final List<String> PROMPTS =
      List.of("fox", "rocket", "sailboat", "cactus", "guitar", "owl");

  private static final double BLEND = 0.7;
  private static final int PICTURE_STEPS = 20;
  private static final int BATCH = 8;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where to write (default: ${DEFAULT-VALUE}).",
      defaultValue = "quickstart")
  private Path output = Path.of("quickstart");

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "Pictures of a style (default: the bundled ink drawings).")
  private Optional<Path> images = Optional.empty();

  @Option(
      names = "--second",
      paramLabel = "FILE",
      description =
          "Adapter to blend with (default: the bundled glossy one, where it fits the base).")
  private Optional<Path> second = Optional.empty();

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "A row of the grid; may be given several times (default: six things).")
  private List<String> prompts = new ArrayList<>();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of each training (default: ${DEFAULT-VALUE}).",
      defaultValue = "450")
  private int steps;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description =
          "Trainings, each with a seed of its own, whose mean is the adapter; 1 is as train does it"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private int runs;

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Size of the factors (default: ${DEFAULT-VALUE}).",
      defaultValue = "64")
  private int rank;

  @Option(
      names = "--concepts",
      paramLabel = "N",
      description =
          "Held-out concepts to score the style on; 0 scores nothing (default: ${DEFAULT-VALUE}).",
      defaultValue = "40")
  private int concepts = 40;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of everything random (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  @Mixin private final ModelOptions options = new ModelOptions();

  @Option(
      names = "--resume",
      description =
          "Go on with the trainings of a start that was stopped, and refuse if they were others."
              + " Without it they are gone on with too; others are removed.")
  private boolean resume;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  @SuppressWarnings("try") // the claim is only held
  public int run(Console console) {
    StyleSettings settings = settings();
    options.memory.refuse("quickstart holds all weights");
    options.where.require();
    Path pictures = images.map(ExistingPath::folder).orElseGet(BundledModel::styleSet);
    Path other = second.map(ExistingPath::any).orElseGet(BundledModel::adapter);
    AdapterFiles.requireAdapter(other);
    BaseOutline base = options.outline();
    Optional<Adapter> glossy = second(console, other, base);
    images.ifPresent(folder -> PictureFolder.read(folder, base.side(), base.side()));
    OutputFile.folder(output);
    Optional<QuickScores> scoring = QuickScores.of(images, concepts);
    long began = System.nanoTime();
    Map<String, Path> written = new LinkedHashMap<>();
    written.put("grid", output.resolve("grid.png"));
    written.put("adapter", output.resolve("style.safetensors"));
    written.put("loss", output.resolve("loss.png"));
    try (LockedFolder claim = LockedFolder.of(output);
        OpenModel model = OpenModel.of(console, options)) {
      StyleSettings suited = settings.with(StyleTrainer.objective(model.sd()));
      ResumableTrainings kept =
          ResumableTrainings.of(console, output, identity(model.sd(), pictures, suited), resume);
      List<TrainedStyle> trained = trained(console, model.sd(), pictures, suited, kept);
      kept.then(
          () -> {
            TrainedStyle style = MeanStyle.of(model.sd(), trained, settings.stored());
            style.save(output.resolve("style.safetensors"));
            LossChart.write(output.resolve("loss.png"), "Training loss", style.losses());
            console.note(
                glossy.isPresent()
                    ? "Making each picture with the base, with one adapter, and with both."
                    : "Making each picture with the base, and with the adapter.");
            BufferedImage grid = grid(console, model.sd(), style.adapter(), glossy);
            PngFile.write(output.resolve("grid.png"), grid, "lora4j quickstart, seed " + seed);
            Optional<String> scored =
                scoring.map(s -> s.run(console, model, style.adapter(), seed, output, began));
            scored.ifPresent(
                s -> {
                  written.put("scores", output.resolve(QuickScores.FILE));
                  written.put("images", output.resolve(QuickScores.IMAGES));
                });
            Optional<Path> blended = glossy.map(both -> other);
            report(console, style, blended, written, scored, (System.nanoTime() - began) / 1e9);
            return style;
          });
    }
    return 0;
  }

  /** The adapter to blend with; none if the bundled one is for another base. */
  private Optional<Adapter> second(Console console, Path other, BaseOutline base) {
    if (second.isEmpty() && !AdapterFiles.fits(other, base.family())) {
      console.note(
          "The bundled glossy adapter is for another base, so that nothing is blended; --second"
              + " names an adapter to blend with.");
      return Optional.empty();
    }
    return Optional.of(AdapterFiles.read(other, base.family()).adapter());
  }

  /** Identity of a training; the seeds of all follow from the one in the settings. */
  private Map<String, String> identity(StableDiffusion sd, Path pictures, StyleSettings settings) {
    return Map.of(
        "pictures", ResumableTrainings.digest(pictures, output),
        "settings",
            ResumableTrainings.digest(
                settings.withStored(DType.F32).canonical() + ", batch " + BATCH),
        "base", sd.base().hash(),
        "prediction or noise schedule", sd.base().configuration(),
        "precision", sd.base().compute().name());
  }

  private List<TrainedStyle> trained(
      Console console,
      StableDiffusion sd,
      Path pictures,
      StyleSettings settings,
      ResumableTrainings kept) {
    console.note(
        "Training a style adapter on the pictures in "
            + pictures
            + (runs > 1 ? ", " + runs + " times, to take the mean." : "."));
    StyleTrainer trainer = StyleTrainer.on(sd).batch(BATCH).images(pictures).name("style");
    TrainingPace pace = new TrainingPace(BATCH, "pictures");
    String what = runs > 1 ? runs + " trainings" : "training";
    ParallelTrainings all = new ParallelTrainings(lanes(sd));
    int threads = Math.max(1, sd.scope().engine().threads() / all.lanes());
    try (TrainingLine line = new TrainingLine(console, what, runs * steps, pace, all::begun)) {
      List<Supplier<TrainedStyle>> trainings = new ArrayList<>();
      for (int run = 1; run <= runs; run++) {
        String name = runs > 1 ? "training " + run + " of " + runs : "training";
        ResumableTraining training = kept.training(console, run, name, steps, line);
        StyleTrainer one = trainer.threads(threads).settings(settings.withSeed(seed + run - 1));
        trainings.add(() -> trained(training, one, kept));
      }
      List<TrainedStyle> trained = all.run(trainings);
      line.ended();
      return trained;
    }
  }

  private int lanes(StableDiffusion sd) {
    Engine engine = sd.scope().engine();
    long weights =
        sd.base().sites().all().stream().mapToLong(site -> site.weight().elements()).sum();
    return engine.device().cuda() ? 1 : ParallelTrainings.lanes(runs, engine.threads(), weights);
  }

  private static TrainedStyle trained(
      ResumableTraining training, StyleTrainer trainer, ResumableTrainings kept) {
    TrainedStyle style =
        training.run(
            kept.identity(), (keeping, listener) -> trainer.keeping(keeping).run(listener));
    return new TrainedStyle(style.adapter(), style.family(), training.losses());
  }

  private StyleSettings settings() {
    if (prompts.stream().anyMatch(String::isBlank)) {
      throw Failure.usage("--prompt must not be empty.");
    }
    if (concepts < 0) {
      throw Failure.usage("--concepts must be at least 0, found " + concepts + ".");
    }
    if (runs < 1) {
      throw new ParameterException(
          spec.commandLine(), "--runs must be at least 1, found " + runs + ".");
    }
    try {
      return StyleSettings.DEFAULT.withRank(rank).withSteps(steps).withSeed(seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private BufferedImage grid(
      Console console, StableDiffusion sd, Adapter style, Optional<Adapter> glossy) {
    Map<String, MixPlan> columns = new LinkedHashMap<>();
    columns.put("base", MixPlan.NONE);
    columns.put("A: " + style.name(), MixPlan.of(style, 1));
    glossy.ifPresent(
        other -> {
          columns.put("B: " + other.name(), MixPlan.of(other, 1));
          columns.put(BLEND + " A + " + BLEND + " B", MixPlan.of(style, BLEND).with(other, BLEND));
        });
    List<String> rows = prompts.isEmpty() ? PROMPTS : prompts;
    List<Prompt> wanted = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      for (MixPlan mix : columns.values()) {
        // The same noise along a row, so that only the adapters differ; another in each row.
        wanted.add(Prompt.of(rows.get(row)).seed(seed + row).steps(PICTURE_STEPS).mix(mix));
      }
    }
    PictureGrid grid = new PictureGrid(List.copyOf(columns.keySet()));
    try (PictureMaking making = new PictureMaking(console, sd, wanted)) {
      for (String row : rows) {
        List<BufferedImage> pictures = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
          pictures.add(making.next().image());
        }
        grid.add(row, pictures);
      }
    }
    return grid.draw();
  }

  private void report(
      Console console,
      TrainedStyle style,
      Optional<Path> other,
      Map<String, Path> written,
      Optional<String> scored,
      double seconds) {
    if (json) {
      Json all = new Json();
      written.forEach((name, file) -> all.put(name, file.toString()));
      console.print(
          all.put("identity", style.adapter().identity()).put("seconds", seconds).toString());
      return;
    }
    console.print(
        written.get("grid")
            + (other.isPresent()
                ? "  the base, the new style, another style, and both"
                : "  the base, and the new style"));
    console.print(
        written.get("adapter") + "  the new style, identity " + style.adapter().identity());
    console.print(written.get("loss") + "  how the training went");
    scored.ifPresent(s -> console.print(written.get("scores") + "  " + s));
    console.note("Done in " + Durations.text(seconds) + ". What to try next:");
    String file = output.resolve("style.safetensors").toString();
    String prompt = prompts.isEmpty() ? "lighthouse" : prompts.get(0);
    other.ifPresentOrElse(
        both ->
            suggest(console, "generate", prompt, "--lora", file + ":0.8", "--lora", both + ":0.5"),
        () -> suggest(console, "generate", prompt, "--lora", file));
    suggest(console, "train", "--images", "YOUR_PICTURES", "-o", "yours.safetensors");
    console.note("  " + Invocation.of("inspect", file));
  }

  private void suggest(Console console, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(options.words());
    console.note("  " + Invocation.of(all.toArray(String[]::new)));
  }
}
