package dev.lora4j.text.train;

import dev.lora4j.core.train.run.StepCost;

/**
 * Cost of the largest training step on texts.
 *
 * @param step of learning
 * @param longest tokens of its longest row
 * @param cache bytes of keys and values while completions are written, before the step learns them;
 *     0 if none are
 */
public record TextStepCost(StepCost step, int longest, long cache) {
  /**
   * Bytes that a step needs at the most, as {@link StepCost#bytes} has them: those of learning, or
   * those of writing beside weights and state where these are more.
   */
  public long bytes() {
    return Math.max(step.bytes(), step.weights() + step.state() + cache);
  }
}
