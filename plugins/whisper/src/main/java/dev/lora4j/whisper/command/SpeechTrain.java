package dev.lora4j.whisper.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.RunFileOption;
import dev.lora4j.cli.text.SequenceTrainingOptions;
import dev.lora4j.cli.text.TextRunOptions;
import dev.lora4j.cli.text.TextTrainingCourse;
import dev.lora4j.cli.text.TextTrainingWork;
import dev.lora4j.cli.train.InputAdapters;
import dev.lora4j.cli.train.PlanOption;
import dev.lora4j.cli.train.RateOptions;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.data.Division;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.whisper.SpeechModel;
import dev.lora4j.whisper.SpeechTask;
import dev.lora4j.whisper.data.SpokenDataException;
import dev.lora4j.whisper.data.SpokenText;
import dev.lora4j.whisper.data.SpokenTexts;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command that trains an adapter of a Whisper. */
@picocli.CommandLine.Command(
    name = "train",
    sortOptions = false,
    defaultValueProvider = SpeechDefaults.class,
    description = {
      "Train an adapter of a Whisper on recordings with their texts.",
      "Recordings of at most 30 seconds: lines of JSON with {\"audio\": PATH, \"text\": TEXT}, or a"
          + " folder with a .txt beside each .wav. The texts that options count are those of the"
          + " recordings, one of each, and are learned whole. Refused are --init eva and corda.",
      "A word that ends with .toml is a run file, whose keys are the options below; PATH.run/run.toml"
          + " has those of a run."
    })
final class SpeechTrain implements Command {
  private static final String WITHOUT_HELD_OUT =
      "No recordings are held out, so losses of training decide, which few recordings make"
          + " uncertain; --held-out 0.1 holds some out.";

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private final RunFileOption file = new RunFileOption();

  @Mixin private final SpeechModelOptions options = new SpeechModelOptions();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description = "Recordings with their texts: a .jsonl file, or a folder.")
  private Path data = Path.of("");

  @Option(
      names = "--language",
      paramLabel = "NAME",
      description = "Language of all texts; has to be said for a multilingual model.")
  private Optional<String> language = Optional.empty();

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description =
          "What the texts are: transcribe, or translate, which is into English (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "transcribe")
  private TranscriptOptions.Task task = TranscriptOptions.Task.transcribe;

  @Mixin
  private final SequenceTrainingOptions how = new SequenceTrainingOptions(new SpeechTargets());

  @Mixin private final RateOptions rates = new RateOptions();

  @Mixin private final PlanOption planned = new PlanOption();

  @Mixin private final TextRunOptions output = new TextRunOptions("speech train");

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    long began = System.nanoTime();
    ExistingPath.any(data);
    boolean finding = rates.asked(spec);
    require();
    if (finding) {
      how.steps().requireRate();
    } else {
      output.requireOutput();
    }
    options.require(Stream.concat(how.from().stream(), how.sharedA().stream()).toList());
    Division<SpokenText> texts = divided();
    try (SpeechModelOptions.Open open = options.open(console)) {
      train(console, open.model(), texts, began);
    }
    if (!json && !finding && !planned.asked(spec)) {
      output.next(
          console, "score it", List.of("speech", "evaluate", "--data", "UNHEARD"), options.base());
    }
    return 0;
  }

  /** Refuses what would do nothing for recordings, and what nothing could be trained with. */
  private void require() {
    how.require(spec, output.convention());
    how.requireRounding(spec, options.precision);
    FactorInit start = how.recipe(output.convention()).start();
    if (start == FactorInit.EVA || start == FactorInit.CORDA) {
      throw Failure.usage(
          "--init "
              + start
              + " looks at the places of a text that are learned, which a Whisper has in its decoder"
              + " alone; take another one, for example lora-ga.");
    }
    if (how.heldOut() == 0) {
      UnusedOptions.refuseWithout(
          spec,
          List.of("--validate-every", "--keep-best"),
          "--held-out, the share of the recordings to validate by");
    }
    planned.asked(spec);
    output.require();
    how.requireForm(output);
    InputAdapters.require(how.from(), how.sharedA(), output.place().out());
  }

  private Division<SpokenText> divided() {
    List<SpokenText> texts = read(data);
    return Failure.usage("--held-out", () -> Division.of(texts, how.heldOut(), how.steps().seed()));
  }

  /** Reads recordings with their texts. */
  static List<SpokenText> read(Path data) {
    try {
      return SpokenTexts.read(ExistingPath.any(data));
    } catch (SpokenDataException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  /** Trains, or plans it or finds a rate for it. */
  private void train(Console console, SpeechModel model, Division<SpokenText> texts, long began) {
    // All at once, so that all that is wrong with any of them is told.
    List<TokenSequence> all =
        sequences(model, Stream.of(texts.learned(), texts.heldOut()).flatMap(List::stream));
    List<TokenSequence> learned = all.subList(0, texts.learned().size());
    SequenceLimits whole = how.limits();
    AdapterRecipe recipe =
        how.recipe(
            spec,
            console,
            output.convention(),
            model.base(),
            model::loadAdapter,
            r -> TextTrainer.on(model.language(), how.settings(r, whole, 1)).plan());
    int count = how.steps().count(learned.size());
    TextTrainer trainer =
        TextTrainer.on(model.language(), how.settings(recipe, whole, count))
            .sequences(learned, all.subList(learned.size(), all.size()));
    if (rates.asked(spec)) {
      course().find(console, recipe, trainer, rates.steps(), WITHOUT_HELD_OUT);
      return;
    }
    course()
        .run(
            console,
            model.base(),
            trainer,
            count,
            List.of(),
            work -> summary(console, texts, work, count),
            trained -> trained.tell(console, json, began, Optional.empty()));
  }

  private TextTrainingCourse course() {
    return new TextTrainingCourse(spec, file, how, output, planned, json);
  }

  private List<TokenSequence> sequences(SpeechModel model, Stream<SpokenText> texts) {
    if (language.isEmpty() && model.tokens().multilingual()) {
      throw Failure.usage(
          "The model writes many languages; say which one the texts are in: --language en.");
    }
    SpeechTask wanted = SpeechTask.valueOf(task.name().toUpperCase(Locale.ROOT));
    try {
      return Failure.usage(() -> model.sequences(texts.toList(), language.orElse("en"), wanted));
    } catch (SpokenDataException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  private void summary(
      Console console, Division<SpokenText> texts, TextTrainingWork work, int count) {
    console.note(
        String.format(
            Locale.ROOT,
            "%d recordings of %.1f minutes; %d held out.",
            texts.learned().size(),
            texts.learned().stream().mapToDouble(t -> t.sound().seconds()).sum() / 60,
            texts.heldOut().size()));
    console.note(
        String.format(
            Locale.ROOT,
            "%s on %d layers, %,d numbers; %d steps of %d recordings.",
            how.what(),
            work.plan().sites().size(),
            work.plan().elements(),
            count,
            how.steps().perStep()));
  }
}
