package dev.lora4j.cli.generate;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.record.PngFile;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.spi.Extension;
import java.awt.image.BufferedImage;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes pictures. */
@Extension(
    point = Command.class,
    name = "generate",
    help = "Make pictures from prompts, with any number of adapters blended in.")
@picocli.CommandLine.Command(
    name = "generate",
    sortOptions = false,
    description = "Make pictures from prompts, with any number of adapters blended in.")
public final class GenerateCommand implements Command {
  private static final List<String> TAKEN_FROM_THE_PICTURE =
      List.of(
          "--negative",
          "--seed",
          "--count",
          "--steps",
          "--guidance",
          "--true-cfg",
          "--size",
          "--sampler",
          "--schedule",
          "--clip-skip",
          "--original-size",
          "--crop",
          "--target-size",
          "--negative-original-size",
          "--negative-crop",
          "--negative-target-size",
          "--batch",
          "--blocks",
          "--lora-te",
          "--route",
          "--mixer",
          "--grid");

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "PROMPT",
      description =
          "What the picture shows. (word:1.3) counts more, [word] less, BREAK starts anew.")
  private List<String> prompts = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.png",
      description =
          "Where to write (default: out.png, with --from that picture's name and -again); several"
              + " pictures are numbered.")
  private Optional<Path> named = Optional.empty();

  private Path output = Path.of("out.png");

  @Option(
      names = "--from",
      paramLabel = "FILE.png",
      description =
          "Make this picture again, from what its file says; tells whether it is the same.")
  private Optional<Path> from = Optional.empty();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "Pictures that take their steps together (default: ${DEFAULT-VALUE}). Each is the picture"
              + " it would be alone, up to rounding. It saves time where pictures are small or on a"
              + " card, and takes memory for each.",
      defaultValue = "1")
  private int batch = 1;

  @Mixin private final MixOption mix = new MixOption();

  @Mixin private final EmbeddingOption embeddings = new EmbeddingOption();

  @Mixin private final InitImageOption start = new InitImageOption();

  @Mixin private final ReferenceOption references = new ReferenceOption();

  @Mixin private final RequestOptions request = new RequestOptions();

  @Option(names = "--grid", description = "One file with all pictures, a row for each prompt.")
  private boolean grid;

  @Option(
      names = "--leakage",
      description =
          "Say how much adapters with a region change inside of it and outside; each picture is made"
              + " once more without each of them.")
  private boolean leakage;

  @Mixin private final ModelOptions options = new ModelOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    if (from.isPresent() == !prompts.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Give a PROMPT, or a picture to repeat by --from.");
    }
    Optional<PictureReproduction> repetition = from.map(this::repetition);
    if (batch < 1) {
      throw new ParameterException(
          spec.commandLine(), "--batch must be at least 1, found " + batch + ".");
    }
    if (mix.regional().isEmpty()) {
      UnusedOptions.refuseWithout(spec, List.of("--leakage"), "an adapter with a --region");
    }
    List<Prompt> plain =
        repetition
            .map(r -> r.batch().stream().map(PictureRecord::prompt).toList())
            .orElseGet(() -> request.prompts(spec, prompts));
    mix.requireFiles();
    if (repetition.isEmpty()) {
      plain.forEach(mix::requireUsed);
    }
    embeddings.requireFiles();
    start.require();
    references.require();
    output = named.or(() -> from.map(PictureReproduction::output)).orElse(output);
    OutputFile.require(output, ".png");
    if (grid) {
      requireOther(output);
    }
    for (int i = 0; i < plain.size(); i++) {
      requireOther(OutputFile.numbered(output, i, plain.size()));
    }
    repetition.ifPresent(r -> r.apply(options, places()));
    BaseOutline base = options.outline();
    List<Prompt> asked = repetition.isPresent() ? List.of() : plain;
    references.requireFits(base);
    mix.requireFits(base, asked);
    List<Prompt> said = repetition.isPresent() ? plain : request.fewSteps(console, mix, plain);
    ModelOptions.requireFits(base, repetition.isPresent() ? List.of() : said);
    long began = System.nanoTime();
    try (OpenModel model = OpenModel.of(console, options)) {
      MixPlan named = mix.plan(console, model);
      List<Prompt> wanted = new ArrayList<>();
      for (Prompt prompt : begun(model, said, repetition.flatMap(PictureReproduction::strength))) {
        wanted.add(
            repetition.isPresent()
                ? repeated(console, model, repetition.get(), wanted.size(), prompt, named)
                : mix.tagged(console, model, prompt, named));
      }
      if (repetition.isPresent()) {
        repetition.get().requireUsed(wanted, named, mix);
        embeddings.noteUnused(console, wanted);
      } else {
        wanted = embeddings.named(console, model, wanted);
      }
      List<WrittenPicture> made =
          repetition.isPresent()
              ? again(console, model, wanted, repetition.get().row())
              : make(console, model, wanted);
      double seconds = (System.nanoTime() - began) / 1e9;
      Optional<List<String>> compared = repetition.map(r -> r.compared(made.get(0).image()));
      PictureReport report =
          leakage
              ? PictureReport.withLeakage(made, compared, seconds, model.sd())
              : PictureReport.of(made, compared, seconds);
      if (json) {
        console.print(report.json(model, mix.files()).toString());
      } else {
        report.print(console);
      }
    }
    return 0;
  }

  /** Refuses a file that the command reads. */
  private void requireOther(Path file) {
    from.ifPresent(f -> OutputFile.requireOther(file, f, "the picture to be made again"));
    start.requireOther(file);
    references.requireOther(file);
    mix.requireOther(file);
  }

  private PictureReproduction repetition(Path file) {
    UnusedOptions.refuse(
        spec, TAKEN_FROM_THE_PICTURE, "--from, which makes the picture as it was made");
    return PictureReproduction.of(file);
  }

  private Prompt repeated(
      Console console,
      OpenModel model,
      PictureReproduction repetition,
      int row,
      Prompt prompt,
      MixPlan named) {
    repetition.requireStart(prompt);
    repetition.requireReferences(prompt);
    PictureRecord one = repetition.batch().get(row);
    Prompt again =
        prompt
            .mix(repetition.mix(console, model, one, named.adapters(), folders(), mix))
            .embeddings(repetition.embeddings(model, one, embeddings, places()));
    return PictureReproduction.mixer(one).map(again::mixer).orElse(again);
  }

  /** Makes a whole batch for one picture of it, whose last bits depend on the others. */
  private List<WrittenPicture> again(
      Console console, OpenModel model, List<Prompt> wanted, int row) {
    if (wanted.size() > 1) {
      console.note(
          "The picture was made with "
              + (wanted.size() - 1)
              + " others at once, which are made again with it.");
    }
    try (PictureMaking making = new PictureMaking(console, model.sd(), wanted, wanted.size())) {
      for (int i = 0; i < row; i++) {
        making.next();
      }
      GeneratedImage image = making.next();
      image.save(output);
      return List.of(new WrittenPicture(output, image));
    }
  }

  /** Folders of adapters: the one that the user named, the picture's own, the current one. */
  private List<LoraFolder> folders() {
    List<LoraFolder> all = new ArrayList<>();
    mix.folder.ifPresent(f -> all.add(new LoraFolder(f)));
    places().forEach(f -> all.add(new LoraFolder(f)));
    return all;
  }

  /** The picture's own folder, and the current one. */
  private List<Path> places() {
    List<Path> all = new ArrayList<>();
    from.map(f -> f.toAbsolutePath().getParent()).ifPresent(all::add);
    all.add(Path.of("."));
    return all;
  }

  private List<Prompt> begun(OpenModel model, List<Prompt> plain, Optional<Double> strength) {
    DiffusionModel base = model.sd().base();
    try {
      return plain.stream()
          .map(p -> start.begin(p, base.sizeUnit(), strength))
          .map(p -> references.beside(p, base))
          .toList();
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  private List<WrittenPicture> make(Console console, OpenModel model, List<Prompt> wanted) {
    List<WrittenPicture> made = new ArrayList<>();
    List<String> unwritten = new ArrayList<>();
    try (PictureMaking making = new PictureMaking(console, model.sd(), wanted, batch)) {
      for (int i = 0; i < wanted.size(); i++) {
        GeneratedImage image = making.next();
        Path file = grid ? output : OutputFile.numbered(output, i, wanted.size());
        if (grid || saved(image, file, unwritten)) {
          made.add(new WrittenPicture(file, image));
        }
      }
      if (!unwritten.isEmpty()) {
        throw new Failure(String.join("\n", unwritten));
      }
    } catch (RuntimeException | Error e) {
      keep(console, made, wanted.size());
      throw e;
    }
    if (grid) {
      int columns = request.count;
      List<String> seeds = wanted.stream().limit(columns).map(p -> "seed " + p.seed()).toList();
      PictureGrid sheet = new PictureGrid(seeds);
      for (int row = 0; row < made.size() / columns; row++) {
        List<BufferedImage> images =
            made.subList(row * columns, (row + 1) * columns).stream()
                .map(m -> m.image().image())
                .toList();
        sheet.add(wanted.get(row * columns).text(), images);
      }
      PngFile.write(output, sheet.draw(), String.join("\n", prompts));
    }
    return made;
  }

  /** Saves a picture; false with a note if it is not in its place, as others may still be. */
  private static boolean saved(GeneratedImage image, Path file, List<String> unwritten) {
    try {
      image.save(file);
      return true;
    } catch (UncheckedIOException e) {
      unwritten.add(ErrorExplanation.of(e));
      return false;
    }
  }

  /** Saves the pictures of a sheet that is not finished as single pictures. */
  private void keep(Console console, List<WrittenPicture> made, int wanted) {
    List<Path> all =
        IntStream.range(0, wanted).mapToObj(i -> OutputFile.numbered(output, i, wanted)).toList();
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < made.size(); i++) {
      Path file = grid ? all.get(i) : made.get(i).file();
      if (grid) {
        try {
          made.get(i).image().save(file);
        } catch (UncheckedIOException e) {
          break; // what made the work end may be in the way here too
        }
      }
      files.add(file);
    }
    UnfinishedWork.finished(files, all).ifPresent(console::note);
  }
}
