package dev.lora4j.core.adapter.pruning;

import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.training.MaskRule;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;

/**
 * More and more zeros by a cubic curve (Zhu and Gupta 2017), in each factor by {@link PairScores}:
 * none in the first tenth of the steps, as {@code up} begins as 0, and all after three quarters.
 * Elements that are 0 stay 0.
 *
 * @param steps of the run
 * @param every steps between two choices
 */
record RampMask(Density density, int steps, long every) implements MaskRule {
  private long first() {
    return steps / 10;
  }

  private long last() {
    return Math.max(first() + 1, steps * 3L / 4);
  }

  @Override
  public boolean due(long step) {
    return step > first() && step <= last() && ((step - first()) % every == 0 || step == last());
  }

  @Override
  public boolean seesGradients() {
    return false;
  }

  @Override
  public Map<String, BitSet> masks(long step, Map<String, Factor> factors) {
    Factor down = Objects.requireNonNull(factors.get(LoraTraining.DOWN));
    Factor up = Objects.requireNonNull(factors.get(LoraTraining.UP));
    int rank = Math.toIntExact(down.shape().size(0));
    PairScores scores = PairScores.of(down.values(), up.values(), rank);
    return Map.of(
        LoraTraining.DOWN, masked(step, down, scores.down()),
        LoraTraining.UP, masked(step, up, scores.up()));
  }

  private BitSet masked(long step, Factor factor, float[] scores) {
    double left = 1 - (double) (step - first()) / (last() - first());
    int pruned = scores.length - density.kept(scores.length);
    int count = (int) Math.round(pruned * (1 - left * left * left));
    BitSet masked = factor.masked();
    BitSet others = Selection.all(scores.length);
    others.andNot(masked);
    masked.or(Selection.least(scores, others, count - masked.cardinality()));
    return masked;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("RampMask")
        .with("density", density.share())
        .with("steps", steps)
        .with("every", every)
        .text();
  }
}
