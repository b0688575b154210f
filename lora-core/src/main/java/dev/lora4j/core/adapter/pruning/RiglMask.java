package dev.lora4j.core.adapter.pruning;

import dev.lora4j.core.adapter.training.MaskRule;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Few elements from the beginning, of which some are exchanged on the way (Evci et al. 2020,
 * "Rigging the Lottery"): the smallest are dropped, and as many of the others with the greatest
 * gradient grow from 0. The share of them falls by a cosine to 0 at three quarters of the steps.
 *
 * <p>A factor begins with its greatest elements; one that is 0 with those that have the greatest
 * gradient in the first step.
 *
 * @param steps of the run
 * @param every steps between two choices
 * @param drop share of the elements that the first choice exchanges
 */
record RiglMask(Density density, int steps, long every, double drop) implements MaskRule {
  private long last() {
    return Math.max(1, steps * 3L / 4);
  }

  @Override
  public boolean due(long step) {
    return step <= 1 || exchanges(step);
  }

  private boolean exchanges(long step) {
    return step > 1 && step % every == 0 && step < last();
  }

  @Override
  public boolean seesGradients() {
    return true;
  }

  @Override
  public Map<String, BitSet> masks(long step, Map<String, Factor> factors) {
    Map<String, BitSet> masks = new LinkedHashMap<>();
    factors.forEach((part, factor) -> masks.put(part, mask(step, factor)));
    return masks;
  }

  private BitSet mask(long step, Factor factor) {
    int elements = factor.values().length;
    int kept = density.kept(elements);
    if (step <= 1 && factor.masked().isEmpty()) {
      float[] scores = sizes(step == 0 ? factor.values() : factor.gradient());
      boolean unknown =
          step == 0
              && Selection.greatest(scores, Selection.all(elements), 1).stream()
                  .allMatch(i -> scores[i] == 0);
      return unknown ? new BitSet() : PairScores.pruned(scores, kept);
    }
    return exchanges(step) ? exchanged(step, factor, kept) : factor.masked();
  }

  private BitSet exchanged(long step, Factor factor, int kept) {
    BitSet masked = factor.masked();
    BitSet active = Selection.all(factor.values().length);
    active.andNot(masked);
    double share = drop / 2 * (1 + Math.cos(Math.PI * step / last()));
    int count = Math.min((int) (share * kept), masked.cardinality());
    BitSet next = (BitSet) masked.clone();
    next.andNot(Selection.greatest(sizes(factor.gradient()), masked, count));
    next.or(Selection.least(sizes(factor.values()), active, count));
    return next;
  }

  private static float[] sizes(float[] values) {
    float[] sizes = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      sizes[i] = Math.abs(values[i]);
    }
    return sizes;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("RiglMask")
        .with("density", density.share())
        .with("steps", steps)
        .with("every", every)
        .with("drop", drop)
        .text();
  }
}
