package dev.lora4j.cli;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.spi.Extension;
import dev.lora4j.core.spi.ExtensionRequest;
import dev.lora4j.diffusion.pipeline.GeneratedImage;
import dev.lora4j.diffusion.pipeline.PictureRecord;
import dev.lora4j.diffusion.pipeline.PngFile;
import dev.lora4j.diffusion.pipeline.Prompt;
import java.awt.image.BufferedImage;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
      description = "Where to write (default: ${DEFAULT-VALUE}); several pictures are numbered.",
      defaultValue = "out.png")
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

  @Mixin private final StartOption start = new StartOption();

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
    Optional<Repetition> repetition = from.map(this::repetition);
    if (batch < 1) {
      throw new ParameterException(
          spec.commandLine(), "--batch must be at least 1, found " + batch + ".");
    }
    List<Prompt> plain =
        repetition
            .map(r -> r.batch().stream().map(PictureRecord::prompt).toList())
            .orElseGet(() -> request.prompts(spec, prompts));
    mix.requireFiles();
    embeddings.requireFiles();
    start.require();
    OutputFile.require(output, ".png");
    repetition.ifPresent(r -> r.apply(options));
    long began = System.nanoTime();
    try (OpenModel model = OpenModel.of(console, options)) {
      MixPlan named = mix.plan(console, model);
      List<Prompt> wanted = new ArrayList<>();
      for (Prompt prompt : begun(model, plain, repetition.flatMap(Repetition::strength))) {
        wanted.add(
            repetition.isPresent()
                ? repeated(console, model, repetition.get(), wanted.size(), prompt, named)
                : mix.tagged(console, model, prompt, named));
      }
      if (repetition.isEmpty()) {
        wanted = embeddings.named(console, model, wanted);
      }
      List<Made> made =
          repetition.isPresent()
              ? again(console, model, wanted, repetition.get().row())
              : make(console, model, wanted);
      report(console, model, made, repetition, (System.nanoTime() - began) / 1e9);
    }
    return 0;
  }

  private Repetition repetition(Path file) {
    for (String option : TAKEN_FROM_THE_PICTURE) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new ParameterException(
            spec.commandLine(),
            option + " does not go with --from, which makes the picture as it was made.");
      }
    }
    return Repetition.of(file);
  }

  private Prompt repeated(
      Console console,
      OpenModel model,
      Repetition repetition,
      int row,
      Prompt prompt,
      MixPlan named) {
    repetition.requireStart(prompt);
    PictureRecord one = repetition.batch().get(row);
    Prompt again =
        prompt
            .mix(repetition.mix(console, model, one, named.adapters(), folders(), mix))
            .embeddings(repetition.embeddings(model, one, embeddings, places()));
    return Repetition.mixer(one).map(again::mixer).orElse(again);
  }

  /** Makes a whole batch for one picture of it, whose last bits depend on the others. */
  private List<Made> again(Console console, OpenModel model, List<Prompt> wanted, int row) {
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
      return List.of(new Made(output, image));
    }
  }

  /** Where adapters may lie: the folder that was named, the picture's own, the current one. */
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
    int unit = model.sd().base().sizeUnit();
    try {
      return plain.stream().map(p -> start.begin(p, unit, strength)).toList();
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  /** A picture and its file. */
  private record Made(Path file, GeneratedImage image) {}

  private List<Made> make(Console console, OpenModel model, List<Prompt> wanted) {
    List<Made> made = new ArrayList<>();
    try (PictureMaking making = new PictureMaking(console, model.sd(), wanted, batch)) {
      for (int i = 0; i < wanted.size(); i++) {
        GeneratedImage image = making.next();
        Path file = grid ? output : OutputFile.numbered(output, i, wanted.size());
        if (!grid) {
          image.save(file);
        }
        made.add(new Made(file, image));
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

  /** Of work that ended early: what was to be on one sheet becomes single pictures. */
  private void keep(Console console, List<Made> made, int wanted) {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < made.size(); i++) {
      Path file = OutputFile.numbered(output, i, wanted);
      if (grid) {
        try {
          made.get(i).image().save(file);
        } catch (UncheckedIOException e) {
          break; // what made the work end may be in the way here too
        }
      }
      files.add(file);
    }
    HowFar.finished(files, wanted).ifPresent(console::note);
  }

  private static String mixer(Prompt prompt) {
    return prompt.mixer().map(m -> ExtensionRequest.of(m).text()).orElse("");
  }

  private void report(
      Console console,
      OpenModel model,
      List<Made> made,
      Optional<Repetition> repetition,
      double seconds) {
    Map<Path, List<String>> leaked = new LinkedHashMap<>();
    if (leakage) {
      made.forEach(m -> leaked.put(m.file(), LeakageReport.lines(model.sd(), m.image())));
    }
    List<MixPlan.Part> parts =
        made.stream().flatMap(m -> m.image().prompt().mix().parts().stream()).distinct().toList();
    EmbeddingReport took = new EmbeddingReport(made.stream().map(m -> m.image().prompt()).toList());
    List<String> compared = repetition.map(r -> r.compared(made.get(0).image())).orElse(List.of());
    if (json) {
      List<Map<String, Object>> files = new ArrayList<>();
      for (Made one : made) {
        files.add(
            new Json()
                .put("file", one.file().toString())
                .put("prompt", one.image().prompt().text())
                .put("seed", one.image().prompt().seed())
                .put("mixer", mixer(one.image().prompt()))
                .put("route", one.image().making().route())
                .put("notes", one.image().making().notes())
                .put("leakage", leaked.getOrDefault(one.file(), List.of()))
                .fields());
      }
      Json all =
          new Json()
              .put("pictures", files)
              .put("adapters", MixReport.json(parts, mix.files()))
              .put("embeddings", took.json())
              .put("base", model.sd().base().path().toString())
              .put("compute", model.compute().toString())
              .put("device", model.lora().engine().device().toString())
              .put("seconds", seconds);
      console.print((repetition.isPresent() ? all.put("compared", compared) : all).toString());
      return;
    }
    Map<Path, List<String>> seeds = new LinkedHashMap<>();
    for (Made one : made) {
      String seed = Long.toString(one.image().prompt().seed());
      List<String> all = seeds.computeIfAbsent(one.file(), f -> new ArrayList<>());
      if (!all.contains(seed)) {
        all.add(seed);
      }
    }
    seeds.forEach((file, all) -> console.print(file + "  seed " + String.join(", ", all)));
    MixReport.lines(parts).forEach(line -> console.print("  " + line));
    made.stream()
        .map(m -> mixer(m.image().prompt()))
        .filter(m -> !m.isEmpty())
        .distinct()
        .forEach(m -> console.print("  blended by " + m));
    took.lines().forEach(line -> console.print("  " + line));
    leaked.forEach(
        (file, lines) -> lines.forEach(line -> console.print("  " + file + ": " + line)));
    compared.forEach(line -> console.print("  " + line));
    made.stream()
        .flatMap(m -> m.image().making().notes().stream())
        .distinct()
        .forEach(console::note);
    console.note("Done in " + Durations.text(seconds) + ".");
  }
}
