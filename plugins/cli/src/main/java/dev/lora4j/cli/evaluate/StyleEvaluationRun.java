package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.evaluation.EvaluationManifest;
import dev.lora4j.diffusion.evaluation.EvaluationPictures;
import dev.lora4j.diffusion.evaluation.JudgedPicture;
import dev.lora4j.diffusion.evaluation.JudgedStyle;
import dev.lora4j.diffusion.evaluation.PictureVerdicts;
import dev.lora4j.diffusion.evaluation.StyleEvaluation;
import dev.lora4j.diffusion.evaluation.VerdictTable;
import dev.lora4j.diffusion.judge.Judges;
import dev.lora4j.diffusion.record.PngFile;
import dev.lora4j.diffusion.request.FewSteps;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.emoji.JudgeFolder;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of an evaluation of a style, and its course, wherever pictures are made. */
public final class StyleEvaluationRun {
  private static final List<String> OF_MAKING =
      List.of(
          "--base",
          "--base-config",
          "--prediction",
          "--compute",
          "--base-precision",
          "--weights-memory",
          "--concepts",
          "--per-concept",
          "--other-style",
          "--adapter-alone",
          "--trigger",
          "--trigger-last",
          "--steps",
          "--guidance",
          "--seed");

  private static final int OTHERS = 20;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--lora",
      paramLabel = "FILE[:WEIGHT]",
      converter = LoraOption.Reader.class,
      description =
          "The adapter, a file or PEFT's folder, and its weight (default: 1). Without it and"
              + " without --images the base alone is scored.")
  private Optional<LoraOption> lora = Optional.empty();

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description =
          "Score the pictures of this folder, which its manifest.csv lists, instead of making any;"
              + " lines of weight 0 are the base's.")
  private Optional<Path> images = Optional.empty();

  @Option(
      names = "--style",
      paramLabel = "STYLE",
      description = "The adapter's: " + JudgedStyleOption.FORM + ", captioned by concepts.",
      required = true)
  private String style = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where to write (default: ${DEFAULT-VALUE}).",
      defaultValue = "evaluation")
  private Path output = Path.of("evaluation");

  @Option(
      names = "--concepts",
      paramLabel = "N",
      description = "How many held-out concepts to show (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int concepts = 100;

  @Option(
      names = "--per-concept",
      paramLabel = "N",
      description = "Pictures of each, by seed (default: ${DEFAULT-VALUE}).",
      defaultValue = "2")
  private int perConcept = 2;

  @Option(
      names = "--trigger",
      paramLabel = "WORDS",
      description =
          "Words that call the adapter, put before the prompts about the style (default: none).")
  private String trigger = "";

  @Option(
      names = "--trigger-last",
      description = "Put the words of --trigger behind the prompts about the style.")
  private boolean last;

  @Option(
      names = "--other-style",
      paramLabel = "TEXT",
      description =
          "What prompts end with that are not about the style, to see what the adapter does to them"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "twemoji")
  private String otherStyle = "twemoji";

  @Option(
      names = "--adapter-alone",
      description =
          "Make no pictures of the base to compare with, which takes half the time; needs --lora.")
  private boolean adapterAlone;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of the sampler (default: 20, or as an adapter for few steps says).")
  private Optional<Integer> steps = Optional.empty();

  @Option(
      names = "--guidance",
      paramLabel = "X",
      description =
          "How closely to follow the prompt (default: the base's; 3 for the bundled one).")
  private Optional<Double> guidance = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the first picture; the next ones count up (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  @Mixin private final ModelOptions options = new ModelOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  /**
   * Evaluates by the options.
   *
   * @param place where pictures are made
   * @return 0
   */
  public int run(Console console, EvaluationPlace place) {
    if (lora.isPresent() && images.isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          "Give an adapter by --lora, or pictures to score by --images, not both.");
    }
    if (images.isPresent()) {
      UnusedOptions.refuse(spec, OF_MAKING, "--images, which makes no pictures");
      place.requirePictures();
    }
    if (adapterAlone && lora.isEmpty()) {
      throw Failure.usage("--adapter-alone needs an adapter; give one by --lora.");
    }
    lora = lora.map(l -> l.at(place.here(console, l.file())));
    options.base = options.base.map(path -> place.here(console, path));
    lora.ifPresent(l -> AdapterFiles.requireAdapter(ExistingPath.any(l.file())));
    if (lora.isPresent() && lora.get().weight().value() == 0) {
      throw Failure.usage(
          "An adapter with a weight of 0 is the base; leave --lora out to score that.");
    }
    Prompt plain = plain();
    images.ifPresent(ExistingPath::folder);
    AskedJudges judges = AskedJudges.about(style, console);
    JudgeFolder judge = EmojiSd.judge();
    JudgedStyle judged = judges.style();
    Optional<LoadedAdapter> adapter =
        images.isPresent() ? Optional.empty() : read(options.outline());
    Optional<Adapter> used = adapter.map(a -> lora.orElseThrow().used(a.adapter()));
    OutputFile.folder(output);
    long began = System.nanoTime();
    if (images.isPresent()) {
      ExistingPath.file(images.get().resolve(EvaluationManifest.NAME));
      List<JudgedPicture> all =
          EvaluationManifest.read(images.get(), AskedJudges.SIDE, judge.names().size());
      judged.require(all);
      try (Lora4j opened = options.where.open(console)) {
        report(console, opened.engine(), judge, judged, all, began);
      }
    } else {
      Map<Integer, String> shown = JudgedConcepts.some(judged, judge, concepts);
      List<JudgedPicture> all =
          make(console, place, judges, plain, shown, used, base -> tell(console, base, adapter));
      try (Lora4j opened = options.where.open(console)) {
        report(console, opened.engine(), judge, judged, all, began);
      }
    }
    return 0;
  }

  private Prompt plain() {
    try {
      if (perConcept < 1 || concepts < 1) {
        throw new IllegalArgumentException(
            "--concepts and --per-concept must be at least 1, found %d and %d."
                .formatted(concepts, perConcept));
      }
      Prompt plain = Prompt.of(template()).seed(seed);
      plain = steps.map(plain::steps).orElse(plain);
      return guidance.map(plain::guidance).orElse(plain);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** The prompts about the style; empty for the concept alone. */
  private String template() {
    String words = trigger.strip();
    if (words.isEmpty()) {
      return "";
    }
    return last
        ? EvaluationPictures.CONCEPT + ", " + words
        : words + ", " + EvaluationPictures.CONCEPT;
  }

  private List<JudgedPicture> make(
      Console console,
      EvaluationPlace place,
      AskedJudges judges,
      Prompt plain,
      Map<Integer, String> shown,
      Optional<Adapter> adapter,
      Consumer<UsageBaseModel> telling) {
    String judged = judges.style().name();
    if (otherStyle.strip().equals(judged)) {
      throw new Failure(
          "The prompts that are not about the style "
              + judged
              + " would end with its name; take another --other-style, or '' for none.");
    }
    Weight weight = lora.map(LoraOption::weight).orElse(Weight.of(0));
    EvaluationPictures pictures =
        new EvaluationPictures(
            output.resolve("images"),
            judged,
            adapter.map(Adapter::name).orElse(JudgedPicture.NONE),
            weight.value(),
            plain,
            perConcept,
            adapterAlone ? "" : otherStyle.strip(),
            OTHERS,
            AskedJudges.SIDE);
    MixPlan mix = adapter.map(a -> MixPlan.of(a, weight)).orElse(MixPlan.NONE);
    List<EvaluationPictures.Request> requests =
        adapterAlone ? pictures.adapted(mix, shown) : pictures.requests(mix, shown);
    Optional<FewSteps> use = adapter.flatMap(a -> FewSteps.of(a.metadata()));
    use.ifPresent(
        few ->
            console.note(
                "The adapter is for few steps: "
                    + few.text()
                    + ". Its pictures are made so, the base's as usual."));
    return place.make(
        console,
        new PlacedEvaluation(
            options,
            lora,
            judges,
            pictures,
            use.map(few -> requests.stream().map(r -> inFewSteps(r, few)).toList())
                .orElse(requests),
            telling));
  }

  /** The request with what the adapter says of it, as far as options say nothing. */
  private EvaluationPictures.Request inFewSteps(EvaluationPictures.Request request, FewSteps use) {
    if (request.weight() == 0) {
      return request;
    }
    Prompt prompt = use.apply(request.prompt());
    prompt = steps.map(prompt::steps).orElse(prompt);
    prompt = guidance.map(prompt::guidance).orElse(prompt);
    return new EvaluationPictures.Request(
        request.concept(), request.style(), request.weight(), prompt, request.file());
  }

  private void report(
      Console console,
      Engine engine,
      JudgeFolder judge,
      JudgedStyle judged,
      List<JudgedPicture> all,
      long began) {
    try (Judges judges = Judges.load(engine, judge.styleClassifier(), judge.conceptRetrieval())) {
      List<JudgedPicture> verdicts = PictureVerdicts.of(judges, judged, all);
      Path pictures = output.resolve("pictures.csv");
      VerdictTable.write(pictures, verdicts);
      StyleEvaluation evaluation =
          StyleEvaluation.of(judges, judged, judge.truths(JudgeFolder.FLAT), verdicts);
      EvaluationReport report = new EvaluationReport(evaluation, judged, judges);
      Json found = report.json((System.nanoTime() - began) / 1e9);
      Path scores = output.resolve("scores.json");
      OutputFile.text(scores, found + "\n");
      Path sheet = output.resolve("sheet.png");
      Map<Integer, String> names = new LinkedHashMap<>();
      judge.names().forEach(n -> names.put(names.size(), n));
      Optional<BufferedImage> drawn = EvaluationSheet.draw(judged, all, names);
      drawn.ifPresent(d -> PngFile.write(sheet, d, "lora4j evaluate"));
      if (json) {
        console.print(found.toString());
        return;
      }
      console.print(report.table());
      console.print(scores + "  all scores");
      console.print(pictures + "  what the judges say of each picture");
      if (drawn.isPresent()) {
        console.print(sheet + "  concepts side by side");
      }
      if (images.isEmpty()) {
        console.print(output.resolve("images") + "  every picture, and its line in the manifest");
      }
    }
  }

  /** The adapter, read for a base that is not loaded yet. */
  private Optional<LoadedAdapter> read(BaseOutline base) {
    return lora.map(l -> AdapterFiles.read(l.file(), base.family()));
  }

  private void tell(Console console, UsageBaseModel base, Optional<LoadedAdapter> adapter) {
    adapter.ifPresent(a -> lora.ifPresent(l -> base.tell(console, l.file(), a)));
  }
}
