package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.ExtensionName;

/**
 * Loss of single completions that people found good or bad. An extension point; implementations are
 * values: records of their settings. It stages mathematics of log-probabilities alone and depends
 * on its arguments only.
 */
public interface UnpairedLoss extends Canonical {
  /** Its name, as people write it. */
  default String name() {
    return ExtensionName.of(this);
  }

  /**
   * Returns true if it looks at completions of other prompts, as the distance that costs nothing.
   */
  default boolean mismatches() {
    return false;
  }

  /**
   * The loss of each completion, [completions].
   *
   * @param ratios log of how much likelier each has become than under the reference, [completions]
   * @param good 1 for good ones and 0 for bad ones, [completions]
   * @param distance how much likelier completions of other prompts have become, at least 0, a
   *     scalar without a gradient; 0 if it does not look at them
   * @param beta how much the distance from the reference costs, above 0
   */
  Expr each(Expr ratios, Expr good, Expr distance, double beta);

  @Override
  default String canonical() {
    return CanonicalForm.ofExtension(this);
  }
}
