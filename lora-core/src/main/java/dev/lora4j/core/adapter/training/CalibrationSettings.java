package dev.lora4j.core.adapter.training;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.OptionalInt;

/**
 * Settings of what batches of the training data decide before the first step: ranks of layers, and
 * first factors.
 *
 * @param ranks how layers get their ranks
 * @param leastRank of a layer by energy
 * @param greatestRank of a layer by energy; twice its rank in the recipe without it
 * @param batches how many are looked at; at most so many with {@link FactorInit#EVA}, which stops
 *     when its directions have settled
 * @param eva of {@link FactorInit#EVA}
 * @param gamma of {@link FactorInit#LORA_GA}: the first product is divided by its root
 * @param corda of {@link FactorInit#CORDA}
 */
public record CalibrationSettings(
    RankRule ranks,
    int leastRank,
    OptionalInt greatestRank,
    OptionalInt batches,
    EvaSettings eva,
    double gamma,
    CordaMode corda)
    implements Canonical {
  /** Ranks of the recipe; PEFT's defaults where factors begin with data. */
  public static final CalibrationSettings DEFAULT =
      new CalibrationSettings(
          RankRule.UNIFORM,
          1,
          OptionalInt.empty(),
          OptionalInt.empty(),
          EvaSettings.DEFAULT,
          16,
          CordaMode.IPM);

  private static final int GRADIENT_BATCHES = 8;
  private static final int MOST_EVA_BATCHES = 32;
  private static final int CORDA_BATCHES = 32;

  /** Checks the ranges. */
  public CalibrationSettings {
    if (leastRank < 1) {
      throw new IllegalArgumentException(
          "the least rank by energy must be at least 1, found " + leastRank);
    }
    if (greatestRank.isPresent() && greatestRank.getAsInt() < leastRank) {
      throw new IllegalArgumentException(
          "the greatest rank by energy must be at least the least one, "
              + leastRank
              + ", found "
              + greatestRank.getAsInt());
    }
    if (batches.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "calibration looks at 1 batch or more, found " + batches.getAsInt());
    }
    if (!(gamma > 0) || Double.isInfinite(gamma)) {
      throw new IllegalArgumentException(
          "gamma of init = lora_ga must be above 0 and finite, found " + gamma);
    }
  }

  /** Number of batches whose gradients are looked at. */
  public int gradientBatches() {
    return batches.orElse(GRADIENT_BATCHES);
  }

  /** Greatest number of batches until the directions of inputs have settled. */
  public int mostEvaBatches() {
    return batches.orElse(MOST_EVA_BATCHES);
  }

  /** Number of batches whose inputs are looked at with {@link FactorInit#CORDA}. */
  public int cordaBatches() {
    return batches.orElse(CORDA_BATCHES);
  }

  /** A copy with other directions of {@link FactorInit#CORDA}. */
  public CalibrationSettings with(CordaMode other) {
    return new CalibrationSettings(ranks, leastRank, greatestRank, batches, eva, gamma, other);
  }

  /** A copy with ranks by energy, at least 1 and at most twice those of the recipe. */
  public CalibrationSettings byEnergy() {
    return new CalibrationSettings(
        RankRule.BY_ENERGY, 1, OptionalInt.empty(), batches, eva, gamma, corda);
  }

  /** A copy with ranks by energy within these bounds. */
  public CalibrationSettings byEnergy(int least, int greatest) {
    return new CalibrationSettings(
        RankRule.BY_ENERGY, least, OptionalInt.of(greatest), batches, eva, gamma, corda);
  }

  /** A copy that looks at so many batches. */
  public CalibrationSettings batches(int count) {
    return new CalibrationSettings(
        ranks, leastRank, greatestRank, OptionalInt.of(count), eva, gamma, corda);
  }

  /** A copy with other settings of {@link FactorInit#EVA}. */
  public CalibrationSettings with(EvaSettings other) {
    return new CalibrationSettings(ranks, leastRank, greatestRank, batches, other, gamma, corda);
  }

  /** A copy with another divisor of {@link FactorInit#LORA_GA}. */
  public CalibrationSettings gamma(double other) {
    return new CalibrationSettings(ranks, leastRank, greatestRank, batches, eva, other, corda);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("CalibrationSettings")
        .with("ranks", ranks)
        .with("leastRank", leastRank)
        .with("greatestRank", greatestRank)
        .with("batches", batches)
        .with("eva", eva)
        .with("gamma", gamma)
        .with("corda", corda, CordaMode.IPM)
        .text();
  }
}
