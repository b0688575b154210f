package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * Loss of the prediction.
 *
 * @param criterion of each element ({@code loss_type})
 * @param masked whether elements are weighted by a mask of each picture ({@code masked_loss})
 */
public record LossSettings(Loss criterion, boolean masked) implements Canonical {
  /** The squared error. */
  public static final LossSettings L2 = new LossSettings(new SquaredError(), false);

  /** The same with another criterion. */
  public LossSettings with(Loss other) {
    return new LossSettings(other, masked);
  }

  /** The same with masks or without. */
  public LossSettings withMasks(boolean other) {
    return new LossSettings(criterion, other);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("LossSettings")
        .with("criterion", criterion)
        .with("masked", masked)
        .text();
  }
}
