package dev.lora4j.spark;

import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.nio.file.Path;

/** A small training on a file of texts, as one process has it with one thread. */
final class NovelTraining {
  static final int BATCHES = 4;
  static final double RATE = 5e-3;

  private NovelTraining() {}

  static TextTrainer trainer(LanguageModel base, String file, int steps) {
    TextTrainingSettings plain =
        TextTrainingSettings.DEFAULT
            .with(TextTrainingSettings.DEFAULT.recipe().rank(4, 4))
            .with(new SequenceLimits(32, SequenceLimits.Longer.CUT, true))
            .steps(steps, RATE)
            .batch(2);
    TextTrainingSettings settings = plain.with(plain.training().withAccumulation(BATCHES));
    return TextTrainer.on(base, settings).threads(1).data(Path.of(file));
  }
}
