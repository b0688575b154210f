package dev.lora4j.bench.families;

import dev.lora4j.bench.text.ModelOfChance;
import dev.lora4j.bench.text.OurTrainingStep;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Steps of training factors on all linear layers of a Whisper's encoder. */
final class OurSpeechStep {
  /** Recordings of a step, of half a minute each. */
  static final int RECORDINGS = 2;

  /** Tokens of each text. */
  static final int TOKENS = 32;

  private static final int RANK = 8;

  private OurSpeechStep() {}

  static OurTrainingStep of(Engine engine, Path folder) {
    LanguageModel model =
        LanguageModel.openForFeatures(
            engine.scope("speech step"), folder, TextLoadOptions.in(DType.F32));
    List<TokenSequence> texts = new ArrayList<>();
    for (int row = 0; row < RECORDINGS; row++) {
      texts.add(TokenSequence.of(new FormulaSpectrum(), ModelOfChance.WHISPER.ids(row, TOKENS)));
    }
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT.targets(TargetLayers.matching("model.encoder.*")).rank(RANK, RANK);
    TextTrainingSettings settings = TextTrainingSettings.DEFAULT.with(recipe).batch(RECORDINGS);
    TrainingTask task = TextTrainer.on(model, settings).sequences(texts, List.of()).task();
    return new OurTrainingStep(model.scope(), task, settings);
  }
}
