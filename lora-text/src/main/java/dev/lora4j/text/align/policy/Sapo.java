package dev.lora4j.text.align.policy;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.PolicyLoss;
import dev.lora4j.text.align.PolicyScores;
import dev.lora4j.text.align.TokenWeighting;

/**
 * SAPO (Gao et al. 2025, equation 6): a soft gate in place of clipping; completions count alike.
 *
 * @param temperaturePos how sharp the gate is for what is better than others
 * @param temperatureNeg how sharp it is for the rest
 */
@Extension(
    point = PolicyLoss.class,
    name = "sapo",
    help = "SAPO: a soft gate around ratios of 1 in place of clipping")
public record Sapo(
    @Setting(
            help = "How sharp the gate is for what is better than others",
            defaultValue = "1",
            above = 0)
        double temperaturePos,
    @Setting(help = "How sharp the gate is for the rest", defaultValue = "1.05", above = 0)
        double temperatureNeg)
    implements PolicyLoss {
  /** Checks the settings. */
  public Sapo {
    if (!(temperaturePos > 0 && temperatureNeg > 0)) {
      throw new IllegalArgumentException(
          "The temperatures of sapo must be above 0, found "
              + temperaturePos
              + " and "
              + temperatureNeg
              + ".");
    }
  }

  @Override
  public Expr each(PolicyScores scores) {
    Expr advantage = scores.advantage();
    Expr better = advantage.gt(0).to(advantage.dtype());
    Expr temperature = better.mul(temperaturePos - temperatureNeg).add(temperatureNeg);
    Expr gate = scores.ratio().sub(1).mul(temperature).sigmoid().mul(4).div(temperature);
    return gate.mul(advantage).neg();
  }

  @Override
  public TokenWeighting weighting() {
    return TokenWeighting.COMPLETIONS;
  }
}
