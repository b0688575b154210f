package dev.lora4j.cli.text;

import dev.lora4j.text.data.SequenceLimits;
import picocli.CommandLine.Mixin;

/** Options of training an adapter of a language model. */
final class TextTrainingOptions extends SequenceTrainingOptions {
  @Mixin final TextLengthOptions lengths = new TextLengthOptions();

  TextTrainingOptions() {
    super(new TextTargets());
  }

  @Override
  public SequenceLimits limits() {
    return lengths.limits();
  }
}
