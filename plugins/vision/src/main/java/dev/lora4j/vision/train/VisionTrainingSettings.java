package dev.lora4j.vision.train;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.schedule.Decays;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.vision.data.Augmentation;
import dev.lora4j.vision.data.PicturePreparation;

/**
 * Settings of the training of an adapter on pictures with classes.
 *
 * @param recipe which layers get which factors
 * @param training optimiser, rate and steps
 * @param batch pictures at once
 * @param preparation how pictures become what the network reads
 * @param augmentation what changes by chance when a picture is learned from again
 */
public record VisionTrainingSettings(
    AdapterRecipe recipe,
    TrainingSettings training,
    int batch,
    PicturePreparation preparation,
    Augmentation augmentation)
    implements Canonical {
  private static final int RANK = 4;

  /** LoRA of rank 4 on all convolutions; 300 steps of 16 pictures. */
  public static final VisionTrainingSettings DEFAULT =
      new VisionTrainingSettings(
          AdapterRecipe.DEFAULT.targets(VisionTargets.ALL).rank(RANK, RANK),
          TrainingSettings.of(
                  AdamW.DEFAULT, 2e-3, RateSchedule.of(Decays.named("cosine"), 300).warmupPart(0.1))
              .withStored(DType.F32),
          16,
          PicturePreparation.IMAGENET,
          Augmentation.USUAL);

  /** Checks the batch. */
  public VisionTrainingSettings {
    if (batch < 1) {
      throw new IllegalArgumentException("a batch has at least 1 picture, found " + batch);
    }
  }

  /** A copy with another recipe. */
  public VisionTrainingSettings with(AdapterRecipe other) {
    return new VisionTrainingSettings(other, training, batch, preparation, augmentation);
  }

  /** A copy that is trained otherwise. */
  public VisionTrainingSettings with(TrainingSettings other) {
    return new VisionTrainingSettings(recipe, other, batch, preparation, augmentation);
  }

  /** A copy with so many pictures at once. */
  public VisionTrainingSettings batch(int other) {
    return new VisionTrainingSettings(recipe, training, other, preparation, augmentation);
  }

  /** A copy with pictures that are prepared otherwise. */
  public VisionTrainingSettings with(PicturePreparation other) {
    return new VisionTrainingSettings(recipe, training, batch, other, augmentation);
  }

  /** A copy with other changes by chance. */
  public VisionTrainingSettings with(Augmentation other) {
    return new VisionTrainingSettings(recipe, training, batch, preparation, other);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("VisionTrainingSettings")
        .with("recipe", recipe)
        .with("training", training)
        .with("batch", batch)
        .with("preparation", preparation)
        .with("augmentation", augmentation)
        .text();
  }
}
