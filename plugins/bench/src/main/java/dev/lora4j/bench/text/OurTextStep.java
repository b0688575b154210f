package dev.lora4j.bench.text;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.run.AdapterStep;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Ours: a step of training factors on queries, keys, values and outputs. */
public final class OurTextStep implements Contender {
  /** Sequences of a step. */
  static final int ROWS = 2;

  /** Tokens of each. */
  static final int TOKENS = 256;

  /** Learning rate. */
  static final double RATE = 1e-4;

  private final LanguageModel model;
  private final Scope scope;
  private final TrainingRun run;
  private final List<Tensor> batch;

  /** With the model whose weights are from chance, which is written into {@code folder}. */
  public static OurTextStep ofChance(Engine engine, Path folder, DType type) {
    return ofChance(engine, folder, ModelOfChance.SMOLLM2, type);
  }

  static OurTextStep ofChance(Engine engine, Path folder, ModelOfChance what, DType type) {
    Path model = what.write(folder);
    return new OurTextStep(LanguageModel.open(engine.scope("text step"), model, type), what);
  }

  OurTextStep(LanguageModel model, ModelOfChance what) {
    this.model = model;
    scope = model.scope().child("step");
    List<TokenSequence> sequences = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      boolean[] counted = new boolean[TOKENS];
      Arrays.fill(counted, true);
      sequences.add(new TokenSequence(what.ids(row, TOKENS), counted, new int[0], -1));
    }
    TextTrainingSettings settings = TextTrainingSettings.DEFAULT.with(recipe()).batch(ROWS);
    TrainingTask task = TextTrainer.on(model, settings).sequences(sequences, List.of()).task();
    AdapterStep step = new AdapterStep(scope, task, settings.training());
    run = step.bind(scope, step.begin(scope));
    batch = step.inputs(scope, 0, task.batches(0, 1).get(0));
  }

  /** A LoRA of rank 16 on queries, keys, values and outputs. */
  static AdapterRecipe recipe() {
    return AdapterRecipe.DEFAULT.targets(TargetLayers.of(TargetPreset.ATTENTION)).rank(16, 16);
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
