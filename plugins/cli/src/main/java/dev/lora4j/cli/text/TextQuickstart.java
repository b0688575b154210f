package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.model.DeviceOption;
import dev.lora4j.cli.train.ResumableTraining;
import dev.lora4j.cli.train.ResumableTrainings;
import dev.lora4j.cli.train.TrainingLine;
import dev.lora4j.cli.train.TrainingPace;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.Perplexity;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextListener;
import dev.lora4j.text.pipeline.TextPrompt;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import dev.lora4j.text.train.TrainedText;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The whole way once, with the bundled model. */
@picocli.CommandLine.Command(
    name = "quickstart",
    sortOptions = false,
    description =
        "Adapt the bundled model of public speeches to a novel, show its perplexity on chapters that"
            + " it was not taught before and after, and what it writes.")
final class TextQuickstart implements Command {
  private static final int LENGTH = 256;
  private static final int BATCH = 8;
  private static final int SAMPLE = 80;
  private static final double RATE = 2e-3;
  private static final String ADAPTER = "novel";
  private static final Set<String> WRITTEN =
      Set.of("adapter_config.json", "adapter_model.safetensors");

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Where to write the adapter (default: ${DEFAULT-VALUE}).",
      defaultValue = "text-quickstart")
  private Path output = Path.of("text-quickstart");

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps (default: ${DEFAULT-VALUE}).",
      defaultValue = "200")
  private int steps;

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Size of the factors (default: ${DEFAULT-VALUE}).",
      defaultValue = "16")
  private int rank;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What both go on from (default: ${DEFAULT-VALUE}).",
      defaultValue = "The captain said that")
  private String prompt = "";

  @Option(
      names = "--blocks",
      paramLabel = "N",
      description =
          "Score at most so many blocks of 256 tokens of the chapters that it was not taught"
              + " (default: all).")
  private Optional<Integer> scored = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of everything random (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  @Mixin private final DeviceOption where = new DeviceOption();

  @Option(
      names = "--resume",
      description =
          "Go on with the training of a start that was stopped, and refuse if it was another. Without"
              + " it that is gone on with too; another is removed.")
  private boolean resume;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  @SuppressWarnings("try") // the claim is only held
  public int run(Console console) {
    if (scored.orElse(1) < 1) {
      throw Failure.usage("--blocks must be at least 1, found " + scored.get() + ".");
    }
    TextTrainingSettings settings = settings();
    long began = System.nanoTime();
    where.require();
    TextModelOptions bundled = new TextModelOptions(where);
    try (LockedFolder claim = LockedFolder.of(output);
        OpenText open = OpenText.of(console, bundled)) {
      clear(output.resolve(ADAPTER), false);
      LanguageModel model = open.model();
      ResumableTrainings kept =
          ResumableTrainings.of(
              console,
              output,
              Map.of(
                  "settings", ResumableTrainings.digest(settings.canonical()),
                  "chapters", ResumableTrainings.digest(TinyLm.novel(), output),
                  "base", model.base().hash(),
                  "compute", model.base().compute().toString()),
              resume);
      List<TokenSequence> all = blocks(model, TinyLm.unseen());
      List<TokenSequence> unseen = all.subList(0, Math.min(all.size(), scored.orElse(all.size())));
      Perplexity before = TextEvaluate.of(console, "base", model, unseen, MixPlan.NONE);
      console.note("Training an adapter on chapters of Moby-Dick.");
      TrainedText trained = train(console, model, settings, kept);
      kept.then(
          () -> {
            clear(output.resolve(ADAPTER), true);
            trained.save(output.resolve(ADAPTER));
            MixPlan mix = MixPlan.of(trained.adapter(), 1);
            Perplexity after = TextEvaluate.of(console, "adapter", model, unseen, mix);
            List<String> said = said(model, mix);
            report(console, before, after, said, (System.nanoTime() - began) / 1e9);
            return trained;
          });
    }
    return 0;
  }

  /** Texts of the base and of the adapter. */
  private List<String> said(LanguageModel model, MixPlan mix) {
    TextPrompt asked =
        TextPrompt.of(prompt)
            .tokens(SAMPLE)
            .sampling(SamplingSettings.at(0.8).topP(0.95))
            .seed(seed);
    return model.generate(List.of(asked, asked.mix(mix)), TextListener.NONE).stream()
        .map(c -> prompt + c.text())
        .toList();
  }

  /**
   * Makes room for the adapter where an earlier start left one; anything else there is refused.
   *
   * @param now whether to do it, or to look whether it can be done
   */
  private static void clear(Path folder, boolean now) {
    String[] found = folder.toFile().list();
    if (found == null || !WRITTEN.containsAll(List.of(found))) {
      OutputFile.freshFolder(folder);
      return;
    }
    for (String file : now ? found : new String[0]) {
      try {
        Files.delete(folder.resolve(file));
      } catch (IOException e) {
        throw new Failure("The adapter before cannot be removed: " + ErrorExplanation.of(e), e);
      }
    }
  }

  /** Settings of the training, checked before anything is loaded. */
  private TextTrainingSettings settings() {
    try {
      TextTrainingSettings first = TextTrainingSettings.DEFAULT;
      TextTrainingSettings settings =
          first
              .with(first.recipe().rank(rank, rank))
              .with(new SequenceLimits(LENGTH, SequenceLimits.Longer.CUT, true))
              .steps(steps, RATE)
              .batch(BATCH);
      return settings.with(settings.training().withSeed(seed));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private TrainedText train(
      Console console,
      LanguageModel model,
      TextTrainingSettings settings,
      ResumableTrainings kept) {
    TextTrainer trainer = TextTrainer.on(model, settings).data(TinyLm.novel()).name("novel");
    TrainingPace pace = new TrainingPace(BATCH, "texts");
    try (TrainingLine line = new TrainingLine(console, "training", steps, pace, () -> {})) {
      ResumableTraining training = kept.training(console, 1, "training", steps, line);
      TrainedText trained =
          training.run(
              kept.identity(), (keeping, listener) -> trainer.keeping(keeping).run(listener));
      line.ended();
      return trained;
    }
  }

  private static List<TokenSequence> blocks(LanguageModel model, Path folder) {
    try {
      SequenceLimits limits = new SequenceLimits(LENGTH, SequenceLimits.Longer.CUT, true);
      return model.sequences(TextDataSet.read(folder), limits).sequences();
    } catch (IOException e) {
      throw new Failure("Cannot read " + folder + ": " + ErrorExplanation.of(e), e);
    }
  }

  private void report(
      Console console, Perplexity before, Perplexity after, List<String> said, double seconds) {
    Path adapter = output.resolve(ADAPTER);
    if (json) {
      console.print(
          new Json()
              .put("adapter", adapter.toString())
              .put("perplexityBefore", before.value())
              .put("perplexityAfter", after.value())
              .put("tokens", before.tokens())
              .put("base", said.get(0))
              .put("adapted", said.get(1))
              .put("seconds", seconds)
              .toString());
      return;
    }
    console.print(
        String.format(
            Locale.ROOT,
            "Perplexity on %d tokens of unseen chapters: %.1f before, %.1f after.",
            before.tokens(),
            before.value(),
            after.value()));
    console.print("");
    console.print("The model of speeches: " + said.get(0));
    console.print("");
    console.print("With the novel:        " + said.get(1));
    console.print("");
    console.note(
        adapter + " is the adapter. Done in " + Durations.text(seconds) + ". What to try next:");
    console.note(
        "  "
            + Invocation.of(
                "text",
                "generate",
                "The whale",
                "--lora",
                adapter + ":1.2",
                "--temperature",
                "0.8"));
    console.note("  " + Invocation.of("text", "train", "--data", "YOUR_TEXTS", "-o", "mine"));
  }
}
