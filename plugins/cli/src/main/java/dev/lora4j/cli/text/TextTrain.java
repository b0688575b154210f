package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.train.CalibrationText;
import dev.lora4j.cli.train.FurtherTraining;
import dev.lora4j.cli.train.InputAdapters;
import dev.lora4j.cli.train.IntermediateAdapters;
import dev.lora4j.cli.train.LoggedRun;
import dev.lora4j.cli.train.PreviousRun;
import dev.lora4j.cli.train.RateOptions;
import dev.lora4j.cli.train.RunLog;
import dev.lora4j.cli.train.SharedDown;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.ClassificationScores;
import dev.lora4j.text.model.MergedTextModel;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.AdapterClasses;
import dev.lora4j.text.pipeline.TextClassifier;
import dev.lora4j.text.train.SequenceTrainer;
import dev.lora4j.text.train.TextClassifierTrainer;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TrainedText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains an adapter of a language model. */
@picocli.CommandLine.Command(
    name = "train",
    sortOptions = false,
    description = {
      "Train an adapter of a language model on texts.",
      "Texts are files of plain text, or of lines of JSON: {\"text\"}, {\"prompt\", \"completion\"}"
          + " of which the completion alone is learned, or {\"messages\"} of which the assistant's"
          + " are; {\"text\", \"label\"} teaches a model to tell classes apart."
    })
final class TextTrain implements Command {
  private static final String CHECKPOINTS = "checkpoints";

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description = "Texts: a .jsonl or .txt file, or a folder of such files.")
  private Path data = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "Where to write the adapter, as PEFT does; what the run keeps is in DIR.run.")
  private Path out = Path.of("");

  @Mixin private final TextTrainingOptions how = new TextTrainingOptions();

  @Mixin private final RateOptions rates = new RateOptions();

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description =
          "How the adapter is written (default: ${DEFAULT-VALUE}, a folder); transformers writes"
              + " the whole model with the adapter in its weights.",
      defaultValue = "peft")
  private String layout = "peft";

  @Option(
      names = "--resume",
      description = "Go on from the newest checkpoint; begin anew if there is none.")
  private boolean resume;

  @Option(
      names = "--overwrite",
      description =
          "Begin anew where there is an earlier run with this --output or its adapter, and lose it.")
  private boolean overwrite;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ExistingPath.any(data);
    how.require(spec, convention());
    how.requireRounding(spec, options.precision);
    boolean finding = rates.asked(spec);
    if (finding) {
      how.requireRate();
    }
    if (resume) {
      UnusedOptions.refuse(spec, List.of("--overwrite"), "--resume, which goes on");
    }
    if (how.savedAlone() && layout.equals("peft")) {
      throw Failure.usage(
          "PEFT has no form for an adapter of layers that are trained whole alone. Write another"
              + " layout: --targets none --layout kohya.");
    }
    Optional<AdapterWriter> writer =
        layout.equals(TextMerge.LAYOUT)
            ? Optional.empty()
            : Optional.of(Failure.usage(() -> AdapterWriters.named(layout)));
    InputAdapters.require(how.from(), how.sharedA(), out);
    TextDataSet texts = read();
    options.requireLength(how.longest());
    Path run = run();
    if (!finding) {
      requireOutput(writer);
      requireNothingLost(run);
    }
    if (texts.form() == TextForm.LABELLED) {
      classes(console, texts, run);
    } else {
      words(console, texts, run);
    }
    return 0;
  }

  private void requireOutput(Optional<AdapterWriter> writer) {
    if (writer.map(AdapterWriter::folder).orElse(true)) {
      OutputFile.freshFolder(out);
    } else {
      OutputFile.require(out, writer.orElseThrow().ending());
    }
  }

  /** Searches a rate instead of training, if that is asked for. */
  private boolean found(
      Console console, SequenceTrainer<?> trainer, AdapterRecipe recipe, Path run) {
    if (!rates.asked(spec)) {
      return false;
    }
    new TextRateFinding(recipe, how.rate(), how.alphas(), run, rates.steps())
        .find(console, trainer, json);
    return true;
  }

  /** Claims the folder of the run, after all checks of the options. */
  private LockedFolder begin(Path run, TextTrainingWork work, TextModel base) {
    requireForm(work, base);
    LockedFolder claim = LockedFolder.of(run);
    try {
      requireNothingLost(run);
      if (!resume) {
        old(run).remove();
      }
      return claim;
    } catch (RuntimeException | Error e) {
      claim.close();
      throw e;
    }
  }

  private PreviousRun old(Path run) {
    return new PreviousRun(out, run.resolve(CHECKPOINTS), "--from " + out);
  }

  private void requireNothingLost(Path run) {
    if (!overwrite) {
      old(run).refuse(resume);
    }
  }

  private void requireForm(TextTrainingWork work, TextModel base) {
    if (!layout.equals(TextMerge.LAYOUT)) {
      try {
        work.plan().requireForm(AdapterWriters.named(layout), base.family());
      } catch (AdapterException e) {
        throw new Failure(e.getMessage() + " Or write the whole model: --layout transformers.", e);
      }
    }
  }

  /** Trains a language model on texts. */
  @SuppressWarnings("try") // the claim is only held
  private void words(Console console, TextDataSet texts, Path run) {
    long began = System.nanoTime();
    options.requireFits(how.from().stream().toList(), 0);
    try (OpenText open = OpenText.of(console, options)) {
      SequenceLimits limits = how.limits(open.model().base());
      AdapterRecipe recipe =
          recipe(
              console,
              open.model().base(),
              open.model()::loadAdapter,
              r -> TextTrainer.on(open.model(), how.settings(r, limits, 1)).plan());
      TextTrainer unsized =
          TextTrainer.on(open.model(), how.settings(recipe, limits, 1)).data(texts);
      unsized.notes().forEach(console::note);
      int count = how.steps(unsized.sequences());
      TextTrainer trainer =
          TextTrainer.on(open.model(), how.settings(recipe, limits, count))
              .sequences(unsized.sequences(), unsized.heldOut());
      if (found(console, trainer, recipe, run)) {
        return;
      }
      TextTrainingWork work =
          TextTrainingWork.of(trainer, how.keeping(run.resolve(CHECKPOINTS), resume), name());
      try (LockedFolder claim = begin(run, work, open.model().base())) {
        TrainedTextReport trained = train(console, work, open.model().base(), run, count);
        save(trained.text(), open.model().base(), List.of());
        trained.tell(console, json, began, Optional.empty());
      }
    }
    next(console, "read what it writes", "generate", "YOUR PROMPT");
  }

  /** Trains a model to classify texts. */
  @SuppressWarnings("try") // the claim is only held
  private void classes(Console console, TextDataSet texts, Path run) {
    long began = System.nanoTime();
    List<String> labels = labels(texts);
    options.requireFits(how.from().stream().toList(), labels.size());
    try (OpenClassifier open = OpenClassifier.of(console, options, labels, how.seed())) {
      TextClassifier model = open.model();
      SequenceLimits limits = how.limits(model.base());
      AdapterRecipe recipe =
          recipe(
              console,
              model.base(),
              model::loadAdapter,
              r -> TextClassifierTrainer.on(model, how.settings(r, limits, 1)).plan());
      TextClassifierTrainer unsized =
          TextClassifierTrainer.on(model, how.settings(recipe, limits, 1)).data(texts);
      unsized.notes().forEach(console::note);
      int count = how.steps(unsized.sequences());
      TextClassifierTrainer trainer =
          TextClassifierTrainer.on(model, how.settings(recipe, limits, count))
              .sequences(unsized.sequences(), unsized.heldOut());
      if (found(console, trainer, recipe, run)) {
        return;
      }
      model.base().notes().forEach(console::note);
      console.note("Classes: " + String.join(", ", model.labels()) + ".");
      TextTrainingWork work =
          TextTrainingWork.of(trainer, how.keeping(run.resolve(CHECKPOINTS), resume), name());
      try (LockedFolder claim = begin(run, work, model.base())) {
        TrainedTextReport trained = train(console, work, model.base(), run, count);
        save(trained.text(), model.base(), model.labels());
        MixPlan mix = MixPlan.of(trained.text().adapter(), 1);
        Optional<ClassificationScores> score =
            trainer.heldOut().isEmpty()
                ? Optional.empty()
                : Optional.of(
                    ClassScores.of(console, "texts held out", model, trainer.heldOut(), mix));
        trained.tell(console, json, began, score);
      }
    }
    next(console, "tell texts apart", "classify", "YOUR TEXT");
  }

  /**
   * Recipe of the adapter; after a warm start that of the adapter that it begins with.
   *
   * @param base that is trained
   * @param reading reads it
   * @param planning what a recipe means for the base
   */
  private AdapterRecipe recipe(
      Console console,
      TextModel base,
      BiFunction<Path, ReadOptions, LoadedAdapter> reading,
      Function<AdapterRecipe, AdapterPlan> planning) {
    Optional<String> asked = UnusedOptions.given(spec, "--rank");
    AdapterRecipe recipe = how.recipe(convention());
    if (how.sharedA().isPresent()) {
      Path file = how.sharedA().get();
      SharedDown shared =
          new SharedDown(
              file, reading.apply(file, ReadOptions.STRICT), asked.isPresent(), how.alpha());
      shared.tell(console, UsageBaseModel.of(base));
      recipe = shared.of(recipe);
    }
    AdapterRecipe sized = recipe;
    return how.from()
        .map(
            file ->
                new FurtherTraining(file, reading.apply(file, ReadOptions.STRICT), asked)
                    .of(console, UsageBaseModel.of(base), sized, planning))
        .orElse(sized);
  }

  private ToolConvention convention() {
    return layout.equals(TextMerge.LAYOUT)
        ? ToolConvention.LYCORIS
        : Failure.usage(() -> AdapterWriters.named(layout)).convention();
  }

  /** The base's classes if the texts have no others, so that training starts from its head. */
  private List<String> labels(TextDataSet texts) {
    List<String> own = how.from().map(AdapterClasses::of).orElse(List.of());
    if (!own.isEmpty()) {
      return requireKnown(texts, own);
    }
    List<String> known = TextModel.labels(options.path());
    List<String> labels = known.containsAll(texts.labels()) ? known : texts.labels();
    if (labels.size() < 2) {
      throw new Failure(
          "All texts have the class '"
              + labels.get(0)
              + "', so there is nothing to tell apart. Add texts of other classes.");
    }
    return labels;
  }

  /** Labels of the adapter that it begins with, whose head has them. */
  private List<String> requireKnown(TextDataSet texts, List<String> own) {
    List<String> others = texts.labels().stream().filter(l -> !own.contains(l)).toList();
    if (!others.isEmpty()) {
      throw new Failure(
          how.from().orElseThrow()
              + " tells "
              + String.join(", ", own)
              + " apart, but there are texts of "
              + String.join(", ", others)
              + "; it can only be trained further on its own classes.");
    }
    return own;
  }

  /** Writes the adapter, or the model with it in its weights. */
  private void save(TrainedText trained, TextModel base, List<String> labels) {
    if (layout.equals(TextMerge.LAYOUT)) {
      MixPlan mix = MixPlan.of(trained.adapter(), 1);
      MergedTextModel.write(base, labels, mix, base.compute(), out);
    } else {
      trained.save(out, layout);
    }
  }

  private String name() {
    return String.valueOf(out.getFileName());
  }

  /** Folder of what is kept on the way. */
  private Path run() {
    return out.resolveSibling(out.getFileName() + ".run");
  }

  private TrainedTextReport train(
      Console console, TextTrainingWork work, TextModel base, Path run, int count) {
    int perStep = how.perStep();
    summary(console, work, count, perStep);
    LoggedRun logged =
        new LoggedRun(name(), run, Map.of(), List.of("csv", "chart"), "text", perStep);
    IntermediateAdapters kept =
        new IntermediateAdapters(
            console,
            run,
            out,
            // A whole model is written of what is finished alone.
            layout.equals(TextMerge.LAYOUT) ? "peft" : layout,
            base.family(),
            WriteOptions.EXACT.madeFor(base.use()));
    try (RunLog log = new RunLog(console, logged, (step, adapter) -> Optional.empty(), kept)) {
      TrainedText trained = log.run(work.training());
      // Losses of all steps, also of those before a run was resumed.
      return new TrainedTextReport(trained, log.losses().losses(), work, count, out, run);
    }
  }

  private TextDataSet read() {
    try {
      return TextDataSet.read(data);
    } catch (IOException e) {
      throw new Failure("Cannot read " + data + ": " + ErrorExplanation.of(e), e);
    }
  }

  private void summary(Console console, TextTrainingWork work, int count, int perStep) {
    long tokens = work.learned().stream().mapToLong(s -> s.ids().length).sum();
    long learned = work.learned().stream().mapToLong(TokenSequence::learned).sum();
    console.note(
        String.format(
            Locale.ROOT,
            "%d texts of %d tokens%s; %d held out.",
            work.learned().size(),
            tokens,
            learned > 0 ? ", " + learned + " of them learned" : "",
            work.heldOut().size()));
    if (work.heldOut().isEmpty() && !how.ofHeldOut().isEmpty()) {
      console.note(
          String.join(" and ", how.ofHeldOut())
              + " without effect: no texts are held out; --held-out 0.1 holds out a tenth of"
              + " them.");
    }
    console.note(
        String.format(
            Locale.ROOT,
            "%s on %d layers, %,d numbers; %d steps of %d texts.",
            how.what(),
            work.plan().sites().size(),
            work.plan().elements(),
            count,
            perStep));
    CalibrationText.of(work.plan().recipe()).ifPresent(line -> console.note(line + "."));
  }

  private void next(Console console, String what, String command, String text) {
    if (!json) {
      List<String> words = new ArrayList<>(List.of("text", command, text));
      if (layout.equals(TextMerge.LAYOUT)) {
        words.addAll(List.of("--base", out.toString()));
      } else {
        words.addAll(List.of("--lora", out.toString()));
        options.base.ifPresent(base -> words.addAll(List.of("--base", base.toString())));
      }
      console.note("To " + what + ":");
      console.note("  " + Invocation.of(words.toArray(String[]::new)));
    }
  }
}
