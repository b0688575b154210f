package dev.lora4j.bench.families;

import dev.lora4j.bench.Contender;
import dev.lora4j.bench.text.ModelOfChance;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.AdapterStep;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Ours: a step of training factors on all linear layers of a Whisper's encoder. */
final class OurSpeechStep implements Contender {
  /** Recordings of a step, of half a minute each. */
  static final int RECORDINGS = 2;

  /** Tokens of each text. */
  static final int TOKENS = 32;

  private static final int RANK = 8;
  private static final double RATE = 1e-4;

  private final LanguageModel model;
  private final Scope scope;
  private final TrainingRun run;
  private final List<Tensor> batch;

  OurSpeechStep(Engine engine, Path folder) {
    model =
        LanguageModel.openForFeatures(
            engine.scope("speech step"), folder, BasePrecision.in(DType.F32));
    scope = model.scope().child("step");
    List<TokenSequence> texts = new ArrayList<>();
    for (int row = 0; row < RECORDINGS; row++) {
      texts.add(TokenSequence.of(new HeardWave(), ModelOfChance.WHISPER.ids(row, TOKENS)));
    }
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT.targets(TargetLayers.matching("model.encoder.*")).rank(RANK, RANK);
    TextTrainingSettings settings = TextTrainingSettings.DEFAULT.with(recipe).batch(RECORDINGS);
    TrainingTask task = TextTrainer.on(model, settings).sequences(texts, List.of()).task();
    AdapterStep step = new AdapterStep(scope, task, settings.training());
    run = step.bind(scope, step.begin(scope));
    batch = step.inputs(scope, 0, task.batches(0, 1).get(0));
  }

  private float step() {
    return run.step(RATE, batch).loss();
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
