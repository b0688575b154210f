package dev.lora4j.whisper.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.text.TextPlanOption;
import dev.lora4j.cli.text.TextRunOptions;
import dev.lora4j.cli.text.TextTrainingWork;
import dev.lora4j.cli.text.TrainedTextReport;
import dev.lora4j.cli.train.InputAdapters;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import dev.lora4j.whisper.SpeechModel;
import dev.lora4j.whisper.SpeechTask;
import dev.lora4j.whisper.data.SpokenDataException;
import dev.lora4j.whisper.data.SpokenText;
import dev.lora4j.whisper.data.SpokenTexts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command that trains an adapter of a Whisper. */
@picocli.CommandLine.Command(
    name = "train",
    sortOptions = false,
    description = {
      "Train an adapter of a Whisper on recordings with their texts.",
      "Recordings of at most 30 seconds: lines of JSON with {\"audio\": PATH, \"text\": TEXT}, or a"
          + " folder with a .txt beside each .wav."
    })
final class SpeechTrain implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

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

  @Mixin private final SpeechTrainingOptions how = new SpeechTrainingOptions();
  @Mixin private final TextPlanOption planned = new TextPlanOption();
  @Mixin private final TextRunOptions output = new TextRunOptions("speech train");

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  @SuppressWarnings("try") // the claim is only held
  public int run(Console console) {
    long began = System.nanoTime();
    ExistingPath.any(data);
    output.require();
    how.require(spec, output.convention());
    InputAdapters.require(how.from(), Optional.empty(), output.out());
    options.require(how.from().stream().toList());
    output.requireOutput();
    output.requireNothingLost();
    List<SpokenText> texts = read(data);
    try (SpeechModelOptions.Open open = options.open(console)) {
      SpeechModel model = open.model();
      List<TokenSequence> all = sequences(model, texts);
      int held = (int) Math.round(how.heldOut() * all.size());
      Collections.shuffle(all, new Random(how.seed()));
      List<TokenSequence> learned = all.subList(held, all.size());
      if (learned.isEmpty()) {
        throw new Failure("All recordings are held out; hold out fewer, or give more.");
      }
      int count = how.count(learned.size());
      AdapterRecipe recipe = how.recipe(spec, console, output.convention(), model);
      TextTrainingSettings settings = how.settings(recipe, count);
      TextTrainer trainer =
          TextTrainer.on(model.language(), settings).sequences(learned, all.subList(0, held));
      TextTrainingWork work = work(trainer);
      summary(console, texts, work, count);
      if (planned.asked(spec)) {
        output.requireForm(work.plan(), model.base());
        planned.tell(console, work, model.base(), open.lora().engine(), count, json);
        return 0;
      }
      try (LockedFolder claim = output.begin(work, model.base())) {
        TrainedTextReport trained = output.train(console, work, model.base(), count, how.perStep());
        output.save(trained.text(), model.base(), List.of());
        trained.tell(console, json, began, Optional.empty());
      }
    }
    if (!json) {
      console.note("To score it:");
      console.note(
          "  "
              + Invocation.of(
                  "speech",
                  "evaluate",
                  "--data",
                  "UNHEARD",
                  "--base",
                  options.base().toString(),
                  "--lora",
                  output.out().toString()));
    }
    return 0;
  }

  /** Reads recordings with their texts. */
  static List<SpokenText> read(Path data) {
    try {
      return SpokenTexts.read(ExistingPath.any(data));
    } catch (SpokenDataException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  private List<TokenSequence> sequences(SpeechModel model, List<SpokenText> texts) {
    if (language.isEmpty() && model.tokens().multilingual()) {
      throw Failure.usage(
          "The model writes many languages; say which one the texts are in: --language en.");
    }
    SpeechTask wanted = SpeechTask.valueOf(task.name().toUpperCase(Locale.ROOT));
    try {
      return Failure.usage(
          () -> new ArrayList<>(model.sequences(texts, language.orElse("en"), wanted)));
    } catch (SpokenDataException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  private TextTrainingWork work(TextTrainer trainer) {
    return new TextTrainingWork(
        trainer.sequences(),
        trainer.heldOut(),
        trainer.plan(),
        trainer::cost,
        how.mapped(),
        trainer.optimizer(),
        trainer.keeping(how.keeping(output.checkpoints(), output.resume())).name(output.name())
            ::run);
  }

  private void summary(Console console, List<SpokenText> texts, TextTrainingWork work, int count) {
    console.note(
        String.format(
            Locale.ROOT,
            "%d recordings of %.1f minutes; %d held out.",
            work.learned().size(),
            texts.stream().mapToDouble(t -> t.sound().seconds()).sum() / 60,
            work.heldOut().size()));
    console.note(
        String.format(
            Locale.ROOT,
            "%s on %d layers, %,d numbers; %d steps of %d recordings.",
            how.what(),
            work.plan().sites().size(),
            work.plan().elements(),
            count,
            how.perStep()));
  }
}
