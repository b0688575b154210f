package dev.lora4j.bench.text;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.run.AdapterStep;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.MatchedText;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.train.EmbeddingTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.util.ArrayList;
import java.util.List;

/** Ours: a step of a sentence encoder on texts that belong together. */
final class OurEmbeddingStep implements Contender {
  /** Anchors of a step, each with a positive. */
  static final int PAIRS = 32;

  /** Tokens of each text. */
  static final int TOKENS = 64;

  private final SentenceEncoder model;
  private final Scope scope;
  private final TrainingRun run;
  private final List<Tensor> batch;

  OurEmbeddingStep(SentenceEncoder model) {
    this.model = model;
    scope = model.model().scope().child("step");
    List<MatchedText> pairs = new ArrayList<>();
    for (int pair = 0; pair < PAIRS; pair++) {
      pairs.add(new MatchedText(text(pair), text(PAIRS + pair), List.of()));
    }
    TextTrainingSettings settings =
        TextTrainingSettings.DEFAULT.with(OurTextStep.recipe()).batch(PAIRS);
    TrainingTask task = EmbeddingTrainer.on(model, settings).matches(pairs, List.of()).task();
    AdapterStep step = new AdapterStep(scope, task, settings.training());
    run = step.bind(scope, step.begin(scope));
    batch = step.inputs(scope, 0, task.batches(0, 1).get(0));
  }

  private static TokenSequence text(int row) {
    return new TokenSequence(
        ModelOfChance.MINILM.ids(row, TOKENS), new boolean[TOKENS], new int[0], -1);
  }

  private float step() {
    return run.step(OurTextStep.RATE, batch).loss();
  }

  @Override
  public String name() {
    return "ours";
  }

  /** The loss before the first step, when the factors' product is still 0. */
  @Override
  public double[] check() {
    return new double[] {step()};
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::step);
  }

  @Override
  public void close() {
    scope.close();
    model.close();
  }
}
