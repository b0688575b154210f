package dev.lora4j.whisper;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.generate.BeamSettings;
import java.util.Optional;

/**
 * How recordings are transcribed.
 *
 * @param language code or English name of the language; empty to hear which it is
 * @param task whether the text is translated
 * @param beams ways that are followed at once
 * @param maxNewTokens the most tokens of a window
 * @param batch windows at once
 * @param mix adapters
 */
public record TranscriptRequest(
    Optional<String> language,
    SpeechTask task,
    BeamSettings beams,
    int maxNewTokens,
    int batch,
    MixPlan mix) {
  /** Likeliest tokens in the language that is heard, of eight windows at once, without adapters. */
  public static final TranscriptRequest PLAIN =
      new TranscriptRequest(
          Optional.empty(),
          SpeechTask.TRANSCRIBE,
          BeamSettings.NONE,
          Integer.MAX_VALUE,
          8,
          MixPlan.NONE);

  /** Checks ranges. */
  public TranscriptRequest {
    if (maxNewTokens < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "A window gets 1 token or more, and 1 window or more are read at once, found "
              + maxNewTokens
              + " and "
              + batch
              + ".");
    }
  }

  /** A copy in a language, by code or English name. */
  public TranscriptRequest language(String said) {
    return new TranscriptRequest(Optional.of(said), task, beams, maxNewTokens, batch, mix);
  }

  /** A copy with another task. */
  public TranscriptRequest task(SpeechTask other) {
    return new TranscriptRequest(language, other, beams, maxNewTokens, batch, mix);
  }

  /** A copy with so many beams. */
  public TranscriptRequest beams(int count) {
    return new TranscriptRequest(language, task, BeamSettings.of(count), maxNewTokens, batch, mix);
  }

  /** A copy with at most so many tokens of a window. */
  public TranscriptRequest tokens(int most) {
    return new TranscriptRequest(language, task, beams, most, batch, mix);
  }

  /** A copy with so many windows at once. */
  public TranscriptRequest batch(int windows) {
    return new TranscriptRequest(language, task, beams, maxNewTokens, windows, mix);
  }

  /** A copy with these adapters. */
  public TranscriptRequest mix(MixPlan other) {
    return new TranscriptRequest(language, task, beams, maxNewTokens, batch, other);
  }
}
