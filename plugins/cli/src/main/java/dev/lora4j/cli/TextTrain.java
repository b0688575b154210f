package dev.lora4j.cli;

import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.run.Keeping;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.schedule.Decays;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
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
          + " are."
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
              + " everything.")
  private List<String> targets = new ArrayList<>();

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
      description = "How the adapter is written (default: ${DEFAULT-VALUE}, a folder).",
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
    Path run = out.resolveSibling(out.getFileName() + ".run");
    OutputFile.folder(run);
    if (!resume) {
      OldCheckpoints.remove(run.resolve(CHECKPOINTS), overwrite);
    }
    long began = System.nanoTime();
    TextDataSet texts = read();
    try (OpenText open = OpenText.of(console, options)) {
      int reads = open.model().network().longest();
      SequenceLimits limits =
          new SequenceLimits(
              longest.orElseGet(() -> Math.min(reads, 1024)), SequenceLimits.Longer.CUT, pack);
      TextTrainingSettings first = settings(limits, 1);
      TextTrainer unsized = TextTrainer.on(open.model(), first).data(texts);
      int perStep = batch * accumulate;
      int count =
          steps.orElseGet(
              () -> (int) Math.max(1, Math.round(epochs * unsized.sequences().size() / perStep)));
      TextTrainer trainer =
          TextTrainer.on(open.model(), settings(limits, count))
              .sequences(unsized.sequences(), unsized.heldOut())
              .keeping(keeping(run.resolve(CHECKPOINTS)))
              .name(String.valueOf(out.getFileName()));
      summary(console, trainer, count, perStep);
      LoggedRun logged =
          new LoggedRun(
              String.valueOf(out.getFileName()),
              run,
              Map.of(),
              List.of("csv", "chart"),
              "text",
              perStep);
      RunLog log = new RunLog(console, logged, (step, adapter) -> Optional.empty());
      TrainedText trained;
      try (log) {
        trained = log.run(trainer::run);
      }
      trained.save(out, layout);
      report(console, trained, count, (System.nanoTime() - began) / 1e9);
    }
    return 0;
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
            .rankStabilised(rslora);
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

  private Keeping keeping(Path checkpoints) {
    return new Keeping(
        Optional.of(checkpoints),
        saveEvery,
        2,
        resume,
        Map.of(),
        validateEvery,
        keepBest,
        Integer.MAX_VALUE);
  }

  private void summary(Console console, TextTrainer trainer, int count, int perStep) {
    long tokens = trainer.sequences().stream().mapToLong(s -> s.ids().length).sum();
    long learned = trainer.sequences().stream().mapToLong(s -> s.learned()).sum();
    console.note(
        String.format(
            Locale.ROOT,
            "%d texts of %d tokens, %d of them learned; %d held out.",
            trainer.sequences().size(),
            tokens,
            learned,
            trainer.heldOut().size()));
    console.note(
        String.format(
            Locale.ROOT,
            "%s on %d layers, %,d numbers; %d steps of %d texts.",
            method,
            trainer.plan().sites().size(),
            trainer.plan().elements(),
            count,
            perStep));
  }

  private void report(Console console, TrainedText trained, int count, double seconds) {
    double[] smooth = LossChart.smooth(trained.losses().stream().mapToDouble(l -> l).toArray());
    double first = smooth.length == 0 ? Double.NaN : smooth[0];
    double last = smooth.length == 0 ? Double.NaN : smooth[smooth.length - 1];
    if (json) {
      console.print(
          new Json()
              .put("adapter", out.toString())
              .put("identity", trained.adapter().identity())
              .put("layers", trained.adapter().sites().size())
              .put("steps", count)
              .put("firstLoss", first)
              .put("lastLoss", last)
              .put("seconds", seconds)
              .toString());
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
    console.note("Done in " + Durations.text(seconds) + ". To read what it writes:");
    List<String> words =
        new ArrayList<>(List.of("text", "generate", "YOUR PROMPT", "--lora", out.toString()));
    options.base.ifPresent(base -> words.addAll(List.of("--base", base.toString())));
    console.note("  " + Invocation.of(words.toArray(String[]::new)));
  }
}
