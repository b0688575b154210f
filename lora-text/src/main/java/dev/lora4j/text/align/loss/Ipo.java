package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * IPO: {@code (margin per token - 1 / (2 beta))^2} (Azar et al. 2023, equation 17), for each token
 * as the authors do.
 */
@Extension(
    point = PreferenceLoss.class,
    name = "ipo",
    help = "IPO: the margin for each token is drawn to 1 / (2 beta)")
public record Ipo() implements PreferenceLoss {
  @Override
  public boolean diverges() {
    return true;
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    return pairs.marginPerToken().sub(1 / (2 * beta)).pow(2);
  }
}
