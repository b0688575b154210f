package dev.lora4j.bench.text;

import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.MatchedText;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.train.EmbeddingTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.util.ArrayList;
import java.util.List;

/** Steps of a sentence encoder on texts that belong together. */
final class OurEmbeddingStep {
  /** Anchors of a step, each with a positive. */
  static final int PAIRS = 32;

  /** Tokens of each text. */
  static final int TOKENS = 64;

  private OurEmbeddingStep() {}

  static OurTrainingStep of(SentenceEncoder model) {
    List<MatchedText> pairs = new ArrayList<>();
    for (int pair = 0; pair < PAIRS; pair++) {
      pairs.add(new MatchedText(text(pair), text(PAIRS + pair), List.of()));
    }
    TextTrainingSettings settings =
        TextTrainingSettings.DEFAULT.with(OurTextStep.recipe()).batch(PAIRS);
    TrainingTask task = EmbeddingTrainer.on(model, settings).matches(pairs, List.of()).task();
    return new OurTrainingStep(model.model().scope(), task, settings);
  }

  private static TokenSequence text(int row) {
    return new TokenSequence(
        ModelOfChance.MINILM.ids(row, TOKENS), new boolean[TOKENS], new int[0], -1);
  }
}
