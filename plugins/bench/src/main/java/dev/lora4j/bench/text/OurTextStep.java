package dev.lora4j.bench.text;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Steps of training factors on queries, keys, values and outputs of a decoder. */
public final class OurTextStep {
  /** Sequences of a step. */
  static final int ROWS = 2;

  /** Tokens of each. */
  static final int TOKENS = 256;

  private OurTextStep() {}

  /** With the model whose weights are from chance, which is written into {@code folder}. */
  public static OurTrainingStep ofChance(Engine engine, Path folder, DType type) {
    return ofChance(engine, folder, ModelOfChance.SMOLLM2, type);
  }

  static OurTrainingStep ofChance(Engine engine, Path folder, ModelOfChance what, DType type) {
    Path model = what.write(folder);
    return of(LanguageModel.open(engine.scope("text step"), model, type), what);
  }

  private static OurTrainingStep of(LanguageModel model, ModelOfChance what) {
    List<TokenSequence> sequences = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      boolean[] counted = new boolean[TOKENS];
      Arrays.fill(counted, true);
      sequences.add(new TokenSequence(what.ids(row, TOKENS), counted, new int[0], -1));
    }
    TextTrainingSettings settings = TextTrainingSettings.DEFAULT.with(recipe()).batch(ROWS);
    TrainingTask task = TextTrainer.on(model, settings).sequences(sequences, List.of()).task();
    return new OurTrainingStep(model.scope(), task, settings);
  }

  /** A LoRA of rank 16 on queries, keys, values and outputs. */
  static AdapterRecipe recipe() {
    return AdapterRecipe.DEFAULT.targets(TargetLayers.of(TargetPreset.ATTENTION)).rank(16, 16);
  }
}
