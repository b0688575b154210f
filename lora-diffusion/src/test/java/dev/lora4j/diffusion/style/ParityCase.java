package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import dev.lora4j.diffusion.train.objective.WeightSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** The rows of the table in {@code training.py}, each with what it shows. */
enum ParityCase {
  /** Attention alone. */
  LORA(Prediction.EPSILON, false, 1, true),
  /** All linear layers and convolutions. */
  LOCON(Prediction.EPSILON, false, 1, true),
  /** All of them with a length of their own. */
  DORA(Prediction.EPSILON, false, 1, true),
  /** Weighted losses. */
  MIN_SNR(Prediction.EPSILON, true, 1, false),
  /** The other prediction, which weighs them otherwise, and two batches for each change. */
  V_MIN_SNR_ACCUMULATED(Prediction.V_PREDICTION, true, 2, true),
  /** A text encoder beside the denoiser. */
  TEXT(Prediction.EPSILON, false, 1, false),
  /** Stable Diffusion XL, which is told sizes and a pooled text. */
  XL(Prediction.EPSILON, false, 1, false),
  /** Both of its text encoders beside the denoiser. */
  XL_TEXT(Prediction.EPSILON, false, 1, false);

  private static final int RANK = 2;
  private static final int ALPHA = 3;
  private static final double GAMMA = 5;

  private final Prediction prediction;
  private final boolean minSnr;
  private final int accumulate;
  private final boolean trained;

  ParityCase(Prediction prediction, boolean minSnr, int accumulate, boolean trained) {
    this.prediction = prediction;
    this.minSnr = minSnr;
    this.accumulate = accumulate;
    this.trained = trained;
  }

  /** The base. */
  Path folder() {
    return this == XL || this == XL_TEXT ? TinyXl.FOLDER : TinySd.FOLDER;
  }

  /** What the denoiser is taken to predict. */
  Prediction prediction() {
    return prediction;
  }

  /** Batches of one change of the weights. */
  int accumulate() {
    return accumulate;
  }

  /** Whether it is trained for more than one step. */
  boolean trained() {
    return trained;
  }

  private TargetLayers targets() {
    return switch (this) {
      case LOCON, DORA -> TargetLayers.of(TargetPreset.ALL);
      case TEXT, XL_TEXT -> TargetLayers.of(TargetPreset.ATTENTION, TargetPreset.TEXT_ENCODERS);
      default -> TargetLayers.of(TargetPreset.ATTENTION);
    };
  }

  StyleSettings settings() {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT
            .method(
                this == DORA
                    ? TrainableMethods.named("dora", Map.of("convention", "peft"))
                    : TrainableMethods.named("lora", Map.of()))
            .targets(targets())
            .rank(RANK, ALPHA);
    ObjectiveSettings plain = ObjectiveSettings.PLAIN;
    return StyleSettings.DEFAULT
        .with(recipe)
        .with(minSnr ? plain.with(WeightSettings.minSnr(GAMMA)) : plain);
  }

  static ParityCase[] allTrained() {
    return Arrays.stream(values()).filter(ParityCase::trained).toArray(ParityCase[]::new);
  }

  /** Its name among the goldens. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
