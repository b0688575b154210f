package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.ExtensionName;
import java.util.Map;

/**
 * Loss of completions that the model wrote itself and whose advantages are known, as GRPO and its
 * kin have it. An extension point; implementations are values: records of their settings. It stages
 * mathematics of log-probabilities alone and depends on its arguments only.
 */
public interface PolicyLoss extends Canonical {
  /** Its name, as people write it. */
  default String name() {
    return ExtensionName.of(this);
  }

  /** The loss of each token, [tokens], without what distance from a reference costs. */
  Expr each(PolicyScores scores);

  /** How losses of tokens make that of a step. */
  TokenWeighting weighting();

  /** Numbers of each token to report, [tokens], by their names, in order. */
  default Map<String, Expr> measures(PolicyScores scores) {
    return Map.of();
  }

  @Override
  default String canonical() {
    return CanonicalForm.ofExtension(this);
  }
}
