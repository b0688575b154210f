package dev.lora4j.text.train;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.schedule.Decays;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.text.data.SequenceLimits;

/**
 * Settings of the training of a language model's adapter.
 *
 * @param recipe which layers get which factors
 * @param training optimiser, rate and steps
 * @param limits how texts are cut into sequences
 * @param batch sequences at once
 * @param heldOut share of the texts that is held out for validation
 */
public record TextTrainingSettings(
    AdapterRecipe recipe,
    TrainingSettings training,
    SequenceLimits limits,
    int batch,
    double heldOut)
    implements Canonical {
  private static final int RANK = 16;
  private static final int STEPS = 300;
  private static final double RATE = 1e-3;
  private static final int BATCH = 8;
  private static final int LONGEST = 512;

  /** LoRA of rank 16 on attention and feed-forward layers; 300 steps of 8 texts. */
  public static final TextTrainingSettings DEFAULT =
      new TextTrainingSettings(
          AdapterRecipe.DEFAULT
              .targets(TargetLayers.of(TargetPreset.ATTENTION_FEED_FORWARD))
              .rank(RANK, RANK),
          TrainingSettings.of(AdamW.DEFAULT, RATE, schedule(STEPS)).withStored(DType.F32),
          new SequenceLimits(LONGEST, SequenceLimits.Longer.CUT, false),
          BATCH,
          0);

  /** Checks the ranges. */
  public TextTrainingSettings {
    if (batch < 1) {
      throw new IllegalArgumentException("a batch has at least 1 text, found " + batch);
    }
    if (!(heldOut >= 0 && heldOut < 1)) {
      throw new IllegalArgumentException(
          "the share of texts held out must be in [0, 1), found " + heldOut);
    }
  }

  /** A cosine after a warm-up of a tenth. */
  private static RateSchedule schedule(int steps) {
    return RateSchedule.of(Decays.named("cosine"), steps).warmupPart(0.1);
  }

  /** A copy with another recipe. */
  public TextTrainingSettings with(AdapterRecipe other) {
    return new TextTrainingSettings(other, training, limits, batch, heldOut);
  }

  /** Trained otherwise. */
  public TextTrainingSettings with(TrainingSettings other) {
    return new TextTrainingSettings(recipe, other, limits, batch, heldOut);
  }

  /** A copy with texts cut otherwise. */
  public TextTrainingSettings with(SequenceLimits other) {
    return new TextTrainingSettings(recipe, training, other, batch, heldOut);
  }

  /** A copy with so many steps, at a rate. */
  public TextTrainingSettings steps(int steps, double rate) {
    return with(training.withRate(rate).withSchedule(schedule(steps)));
  }

  /** A copy with so many texts at once. */
  public TextTrainingSettings batch(int other) {
    return new TextTrainingSettings(recipe, training, limits, other, heldOut);
  }

  /** A copy with this share of the texts held out for validation. */
  public TextTrainingSettings heldOut(double share) {
    return new TextTrainingSettings(recipe, training, limits, batch, share);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("TextTrainingSettings")
        .with("recipe", recipe)
        .with("training", training)
        .with("limits", limits)
        .with("batch", batch)
        .with("heldOut", heldOut)
        .text();
  }
}
