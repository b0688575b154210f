package dev.lora4j.core.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.optimizer.Optimizer;

/**
 * Operations of a training step other than the loss, as parts of the program.
 *
 * @param clip greatest allowed norm of the whole gradient; 0 for any
 * @param averageDecay share of the moving average of the weights that each step keeps, below 1; 0
 *     for no average, which then costs nothing
 * @param accumulate whether gradients of several batches may be summed before the weights change
 * @param scaled whether the loss is multiplied before the gradient is formed and the gradient
 *     divided after, which keeps small gradients in the range of F16 (Micikevicius et al. 2018)
 */
public record StepSettings(
    Optimizer optimizer, double clip, double averageDecay, boolean accumulate, boolean scaled) {
  /** Checks clipping and average. */
  public StepSettings {
    if (!(clip >= 0)) {
      throw new IllegalArgumentException(
          "Gradients cannot be clipped to a norm of " + clip + "; 0 clips nothing.");
    }
    if (!(averageDecay >= 0 && averageDecay < 1)) {
      throw new IllegalArgumentException(
          "An average that keeps "
              + averageDecay
              + " of itself is none; the decay lies from 0 (no average) to below 1.");
    }
    if (averageDecay > 0 && optimizer.evaluatesElsewhere()) {
      throw new IllegalArgumentException(
          "The optimiser '"
              + optimizer.name()
              + "' averages the weights itself; take the decay of the average to 0.");
    }
  }

  /** Settings with one batch per step, an unscaled loss, and no average. */
  public static StepSettings of(Optimizer optimizer, double clip) {
    return new StepSettings(optimizer, clip, 0, false, false);
  }

  /** A copy with a moving average of the weights. */
  public StepSettings averaging(double decay) {
    return new StepSettings(optimizer, clip, decay, accumulate, scaled);
  }

  /** A copy that allows sums of gradients. */
  public StepSettings accumulating() {
    return new StepSettings(optimizer, clip, averageDecay, true, scaled);
  }

  /** A copy in which a gradient is the whole one of a step. */
  StepSettings accumulatingNothing() {
    return new StepSettings(optimizer, clip, averageDecay, false, scaled);
  }

  /** A copy with a scaled loss. */
  public StepSettings lossScaled() {
    return new StepSettings(optimizer, clip, averageDecay, accumulate, true);
  }

  /** A copy for a network that computes in {@code type}: with a scaled loss if that is F16. */
  public StepSettings computedIn(DType type) {
    return type == DType.F16 ? lossScaled() : this;
  }
}
