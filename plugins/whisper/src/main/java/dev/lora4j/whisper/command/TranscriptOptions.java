package dev.lora4j.whisper.command;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.generate.BeamSettings;
import dev.lora4j.whisper.SpeechModel;
import dev.lora4j.whisper.SpeechTask;
import dev.lora4j.whisper.TranscriptRequest;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of how recordings are transcribed. */
final class TranscriptOptions {
  /** Text that is written. */
  enum Task {
    transcribe,
    translate
  }

  @Option(
      names = "--language",
      paramLabel = "NAME",
      description =
          "Language by its code or English name (default: the one that is heard). A model of English"
              + " alone knows en.")
  private Optional<String> language = Optional.empty();

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description =
          "transcribe in the language that is spoken, or translate into English (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "transcribe")
  private Task task = Task.transcribe;

  @Option(
      names = "--beams",
      paramLabel = "N",
      description =
          "Look for the likeliest text along so many ways at once (default: ${DEFAULT-VALUE}, the"
              + " likeliest token always).",
      defaultValue = "1")
  private int beams;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "The most tokens of a window (default: as many as the model writes).")
  private Optional<Integer> tokens = Optional.empty();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Windows that are read at once (default: ${DEFAULT-VALUE}).",
      defaultValue = "8")
  private int batch;

  /** The request that the options make, without adapters. */
  TranscriptRequest request() {
    return Failure.usage(
        () ->
            new TranscriptRequest(
                language,
                SpeechTask.valueOf(task.name().toUpperCase(Locale.ROOT)),
                BeamSettings.of(beams),
                tokens.orElse(Integer.MAX_VALUE),
                batch,
                MixPlan.NONE));
  }

  /** Refuses a language and a task that the model does not know. */
  static void require(SpeechModel model, TranscriptRequest how) {
    Failure.usage(
        () -> {
          how.language().ifPresent(model.tokens()::language);
          model.tokens().require(how.task());
          return how;
        });
  }
}
