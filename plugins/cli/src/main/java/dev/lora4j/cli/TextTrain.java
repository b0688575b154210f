package dev.lora4j.cli;

import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.run.Keeping;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.schedule.Decays;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.Classification;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.TextClassifier;
import dev.lora4j.text.train.ClassifierTrainer;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import dev.lora4j.text.train.TrainedText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains an adapter of a language model. */
@picocli.CommandLine.Command(
    name = "train",
    sortOptions = false,
    description = {
      "Train an adapter of a language model on texts.",
      "Texts are files of plain text, or of lines of JSON: {\"text\"}, {\"prompt\", \"completion\"}"
          + " of which the completion alone is learned, or {\"messages\"} of which the assistant's"
          + " are; {\"text\", \"label\"} teaches an encoder to tell classes apart."
    })
final class TextTrain implements Command {
  private static final String CHECKPOINTS = "checkpoints";

  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description = "Texts: a .jsonl or .txt file, or a folder of such files.")
  private Path data = Path.of("");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "Where to write the adapter, as PEFT does; what the run keeps is in DIR.run.")
  private Path out = Path.of("");

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = "Kind of adapter (default: lora).",
      defaultValue = "lora")
  private String method = "lora";

  @Option(
      names = {"--rank", "-r"},
      paramLabel = "N",
      description = "Size of the factors (default: ${DEFAULT-VALUE}).",
      defaultValue = "16")
  private int rank;

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "What the change is multiplied with, times 1/rank (default: the rank).")
  private Optional<Double> alpha = Optional.empty();

  @Option(names = "--rslora", description = "Divide alpha by the root of the rank.")
  private boolean rslora;

  @Option(
      names = "--targets",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Layers to train: attention, attention_feed_forward (default), linear; or patterns of"
              + " names as PEFT's target_modules has them, for example q_proj,v_proj, or * for"
              + " everything; none for the layers of --saved alone.")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--saved",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Layers to train whole, as PEFT's modules_to_save (default: the head that tells classes"
              + " apart; else none).")
  private List<String> saved = new ArrayList<>();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps (default: those of --epochs).")
  private Optional<Integer> steps = Optional.empty();

  @Option(
      names = "--epochs",
      paramLabel = "X",
      description = "How often each text is seen (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private double epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Texts at once (default: ${DEFAULT-VALUE}).",
      defaultValue = "8")
  private int batch;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      description = "Batches for a step (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int accumulate;

  @Option(
      names = "--rate",
      paramLabel = "X",
      description = "Learning rate at its highest (default: ${DEFAULT-VALUE}).",
      defaultValue = "1e-3")
  private double rate;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description = "How the rate falls (default: ${DEFAULT-VALUE}).",
      defaultValue = "cosine")
  private String schedule = "cosine";

  @Option(
      names = "--warmup",
      paramLabel = "SHARE",
      description = "Share of the steps in which the rate rises (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.1")
  private double warmup;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description = "The rule by which weights change (default: ${DEFAULT-VALUE}).",
      defaultValue = "adamw")
  private String optimizer = "adamw";

  @Option(
      names = "--clip",
      paramLabel = "X",
      description = "Greatest norm of the gradient; 0 for any (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private double clip;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description =
          "Longest text in tokens; longer ones are cut (default: what the model reads, at most 1024).")
  private Optional<Integer> longest = Optional.empty();

  @Option(
      names = "--pack",
      description = "Join plain texts and cut them into blocks of --max-length.")
  private boolean pack;

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      description = "Share of the texts to validate by (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private double heldOut;

  @Option(
      names = "--validate-every",
      paramLabel = "N",
      description = "Steps between validations (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int validateEvery;

  @Option(names = "--keep-best", description = "Write the factors with the least validation loss.")
  private boolean keepBest;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      description = "Steps between checkpoints (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int saveEvery;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of everything random (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description =
          "How the adapter is written (default: ${DEFAULT-VALUE}, a folder); transformers writes the"
              + " whole model with the adapter in its weights.",
      defaultValue = "peft")
  private String layout = "peft";

  @Option(
      names = "--resume",
      description = "Go on from the newest checkpoint; begin anew if there is none.")
  private boolean resume;

  @Option(
      names = "--overwrite",
      description = "Begin anew where an earlier run with this --out was not finished.")
  private boolean overwrite;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ExistingPath.any(data);
    if (TextTargets.none(targets) && layout.equals("peft")) {
      throw new Failure(
          "PEFT has no form for an adapter of layers that are trained whole alone. Write another"
              + " layout: --targets none --layout kohya.");
    }
    if (layout.equals(MergedText.LAYOUT) || AdapterWriters.named(layout).folder()) {
      OutputFile.freshFolder(out);
    } else {
      OutputFile.require(out, ".safetensors");
    }
    Path run = out.resolveSibling(out.getFileName() + ".run");
    OutputFile.folder(run);
    if (!resume) {
      OldCheckpoints.remove(run.resolve(CHECKPOINTS), overwrite);
    }
    TextDataSet texts = read();
    if (texts.form() == TextForm.LABELLED) {
      classes(console, texts, run);
    } else {
      words(console, texts, run);
    }
    return 0;
  }

  /** Teaches a language model to go on from texts. */
  private void words(Console console, TextDataSet texts, Path run) {
    long began = System.nanoTime();
    try (OpenText open = OpenText.of(console, options)) {
      SequenceLimits limits = limits(open.model().base());
      TextTrainer unsized = TextTrainer.on(open.model(), settings(limits, 1)).data(texts);
      int count = steps(unsized.sequences());
      TextTrainer trainer =
          TextTrainer.on(open.model(), settings(limits, count))
              .sequences(unsized.sequences(), unsized.heldOut());
      TrainedText trained = train(console, TextWork.of(trainer, keeping(run), name()), run, count);
      if (layout.equals(MergedText.LAYOUT)) {
        MixPlan mix = MixPlan.of(trained.adapter(), 1);
        MergedText.write(open.model(), mix, open.model().base().compute(), out);
      } else {
        trained.save(out, layout);
      }
      report(console, trained, count, began, Optional.empty());
    }
    next(console, "read what it writes", "generate", "YOUR PROMPT");
  }

  /** Teaches an encoder to tell classes of texts apart. */
  private void classes(Console console, TextDataSet texts, Path run) {
    long began = System.nanoTime();
    try (OpenClassifier open = OpenClassifier.of(console, options, texts.labels(), seed)) {
      TextClassifier model = open.model();
      SequenceLimits limits = limits(model.base());
      ClassifierTrainer unsized = ClassifierTrainer.on(model, settings(limits, 1)).data(texts);
      int count = steps(unsized.sequences());
      ClassifierTrainer trainer =
          ClassifierTrainer.on(model, settings(limits, count))
              .sequences(unsized.sequences(), unsized.heldOut());
      model.base().notes().forEach(console::note);
      console.note("Classes: " + String.join(", ", model.labels()) + ".");
      TrainedText trained = train(console, TextWork.of(trainer, keeping(run), name()), run, count);
      trained.save(out, layout);
      MixPlan mix = MixPlan.of(trained.adapter(), 1);
      Optional<Classification> score =
          trainer.heldOut().isEmpty()
              ? Optional.empty()
              : Optional.of(
                  ClassScores.of(console, "texts held out", model, trainer.heldOut(), mix));
      report(console, trained, count, began, score);
    }
    next(console, "tell texts apart", "classify", "YOUR TEXT");
  }

  private String name() {
    return String.valueOf(out.getFileName());
  }

  private SequenceLimits limits(TextModel base) {
    int most = longest.orElseGet(() -> Math.min(base.network().longest(), 1024));
    return new SequenceLimits(most, SequenceLimits.Longer.CUT, pack);
  }

  private int steps(List<TokenSequence> learned) {
    return steps.orElseGet(
        () -> (int) Math.max(1, Math.round(epochs * learned.size() / (batch * accumulate))));
  }

  private TrainedText train(Console console, TextWork work, Path run, int count) {
    int perStep = batch * accumulate;
    summary(console, work, count, perStep);
    LoggedRun logged =
        new LoggedRun(name(), run, Map.of(), List.of("csv", "chart"), "text", perStep);
    TrainedText trained;
    try (RunLog log = new RunLog(console, logged, (step, adapter) -> Optional.empty())) {
      trained = log.run(work.training());
    }
    return trained;
  }

  private TextDataSet read() {
    try {
      return TextDataSet.read(data);
    } catch (IOException e) {
      throw new Failure("Cannot read " + data + ": " + Explanation.of(e), e);
    }
  }

  private TextTrainingSettings settings(SequenceLimits limits, int count) {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT
            .method(TrainableMethods.named(method, Map.of()))
            .targets(TextTargets.of(targets))
            .rank(rank, alpha.orElse((double) rank))
            .rankStabilised(rslora)
            .saved(saved.toArray(String[]::new));
    TrainingSettings training =
        TrainingSettings.of(
            Optimizers.named(optimizer),
            rate,
            RateSchedule.of(Decays.named(schedule), count).warmupPart(warmup));
    TrainingSettings all =
        new TrainingSettings(
            training.optimizer(),
            rate,
            training.schedule(),
            accumulate,
            clip,
            0,
            training.maxNorm(),
            seed,
            DType.F32);
    return new TextTrainingSettings(recipe, all, limits, batch, heldOut);
  }

  private Keeping keeping(Path run) {
    return new Keeping(
        Optional.of(run.resolve(CHECKPOINTS)),
        saveEvery,
        2,
        resume,
        Map.of(),
        validateEvery,
        keepBest,
        Integer.MAX_VALUE);
  }

  private void summary(Console console, TextWork work, int count, int perStep) {
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
    console.note(
        String.format(
            Locale.ROOT,
            "%s on %d layers, %,d numbers; %d steps of %d texts.",
            TextTargets.none(targets) ? "whole values" : method,
            work.plan().sites().size(),
            work.plan().elements(),
            count,
            perStep));
  }

  private void report(
      Console console, TrainedText trained, int count, long began, Optional<Classification> score) {
    double seconds = (System.nanoTime() - began) / 1e9;
    double[] smooth = LossChart.smooth(trained.losses().stream().mapToDouble(l -> l).toArray());
    double first = smooth.length == 0 ? Double.NaN : smooth[0];
    double last = smooth.length == 0 ? Double.NaN : smooth[smooth.length - 1];
    if (json) {
      Json told =
          new Json()
              .put("adapter", out.toString())
              .put("identity", trained.adapter().identity())
              .put("layers", trained.adapter().sites().size())
              .put("steps", count)
              .put("firstLoss", first)
              .put("lastLoss", last)
              .put("seconds", seconds);
      score.ifPresent(s -> told.put("heldOut", ClassScores.json(s)));
      console.print(told.toString());
      return;
    }
    console.print(
        String.format(
            Locale.ROOT,
            "%s  %d layers, loss from %.4f to %.4f, identity %s",
            out,
            trained.adapter().sites().size(),
            first,
            last,
            trained.adapter().identity()));
    score.ifPresent(s -> console.print(ClassScores.line("held out", s)));
    console.note("Done in " + Durations.text(seconds) + ".");
  }

  private void next(Console console, String what, String command, String text) {
    if (!json) {
      List<String> words =
          new ArrayList<>(List.of("text", command, text, "--lora", out.toString()));
      options.base.ifPresent(base -> words.addAll(List.of("--base", base.toString())));
      console.note("To " + what + ":");
      console.note("  " + Invocation.of(words.toArray(String[]::new)));
    }
  }
}
