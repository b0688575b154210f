package dev.lora4j.core.train;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019).
 *
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of their squares
 * @param epsilon added to the root of the latter
 * @param weightDecay fraction of the weights taken away per step, times the learning rate
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay) {
  /** PyTorch's defaults. */
  public static final AdamW DEFAULT = new AdamW(0.9, 0.999, 1e-8, 0.01);
}
