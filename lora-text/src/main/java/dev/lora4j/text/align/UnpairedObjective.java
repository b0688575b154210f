package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;

/**
 * Objective of learning from single completions, which is made small.
 *
 * @param loss of each completion
 * @param beta how much the distance from the reference costs, above 0
 */
public record UnpairedObjective(UnpairedLoss loss, double beta) implements Canonical {
  /** Checks beta. */
  public UnpairedObjective {
    if (!(beta > 0) || Double.isInfinite(beta)) {
      throw new IllegalArgumentException("beta must be above 0, found " + beta + ".");
    }
  }

  /**
   * A loss by TRL's name, with its settings: {@code kto:undesirable_weight=1.3}.
   *
   * @throws dev.lora4j.spi.ExtensionException naming the nearest and all, if there is none or it
   *     has no such setting; or telling what values it takes
   */
  public static UnpairedObjective named(String text, double beta) {
    ExtensionRequest request = ExtensionRequest.parse(text);
    return new UnpairedObjective(Extensions.installed().make(UnpairedLoss.class, request), beta);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("UnpairedObjective").with("loss", loss).with("beta", beta).text();
  }
}
