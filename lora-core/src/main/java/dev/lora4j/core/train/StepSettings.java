package dev.lora4j.core.train;

import dev.lora4j.core.tensor.DType;

/**
 * What a training step does beside the loss. These are part of the program.
 *
 * @param clip greatest allowed norm of the whole gradient
 * @param accumulate whether gradients of several batches may be summed before the weights change
 * @param scaled whether the loss is multiplied before the gradient is formed and the gradient
 *     divided after, which keeps small gradients in the range of F16 (Micikevicius et al. 2018)
 */
public record StepSettings(AdamW optimizer, double clip, boolean accumulate, boolean scaled) {
  /** One batch per change of the weights, and the loss as it is. */
  public static StepSettings of(AdamW optimizer, double clip) {
    return new StepSettings(optimizer, clip, false, false);
  }

  /** The same, but gradients may be summed. */
  public StepSettings accumulating() {
    return new StepSettings(optimizer, clip, true, scaled);
  }

  /** The same, with a scaled loss. */
  public StepSettings lossScaled() {
    return new StepSettings(optimizer, clip, accumulate, true);
  }

  /** The same for a network that computes in {@code type}: with a scaled loss if that is F16. */
  public StepSettings computedIn(DType type) {
    return type == DType.F16 ? lossScaled() : this;
  }
}
