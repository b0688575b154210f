package dev.lora4j.core.train;

import dev.lora4j.core.adapter.training.DirectionRule.Span;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import java.util.Arrays;
import java.util.List;

/**
 * Moments of finished directions, given to the next ones without their smallest numbers (magnitude
 * pruning of ReLoRA). The elements of a weight whose first number, for Adam the mean of gradients,
 * is above a quantile keep all their numbers: a mean without its square would make a step without
 * measure.
 */
final class CarriedMoments {
  private final double pruned;

  /**
   * Checks that it can be done.
   *
   * @param pruned share of the numbers that is taken away; nothing is carried if it is 1
   * @throws TensorException if the optimizer has other slots than a number for each element
   */
  CarriedMoments(Optimizer optimizer, double pruned, FlatLayout layout) {
    this.pruned = pruned;
    if (pruned >= 1) {
      return;
    }
    for (OptimizerSlot slot : optimizer.memories()) {
      if (slot instanceof OptimizerSlot.PerWeight vector && !fits(vector, layout)) {
        throw new TensorException(
            "The optimiser '"
                + optimizer.name()
                + "' has no number of its own for each element ("
                + slot.name()
                + "), of which reset = magnitude could keep some; take reset = full, or another"
                + " optimiser.");
      }
    }
  }

  private static boolean fits(OptimizerSlot.PerWeight slot, FlatLayout layout) {
    return slot instanceof OptimizerSlot.Vector
        && layout.slots().stream()
            .map(weight -> weight.parameter().shape())
            .allMatch((Shape shape) -> slot.shape().apply(shape).equals(shape));
  }

  /** Returns true if anything is carried. */
  boolean any() {
    return pruned < 1;
  }

  /**
   * A weight of which other directions are trained from now on.
   *
   * @param from those that were trained
   * @param to as many others
   */
  record Move(DirectionSlices slices, Span from, Span to) {}

  /**
   * Carries the numbers of some weights.
   *
   * @param slots all that begin as 0, to be changed in place; the first decides which elements stay
   */
  void carry(List<float[]> slots, List<Move> moves) {
    for (Move move : moves) {
      float[] deciding = elements(slots.get(0), move.slices(), move.from());
      double threshold = quantile(deciding);
      for (float[] slot : slots) {
        float[] old = elements(slot, move.slices(), move.from());
        move.slices().forEach(new Span(0, move.slices().rank()), i -> slot[i] = 0);
        int[] at = new int[1];
        move.slices()
            .forEach(
                move.to(),
                i -> {
                  slot[i] = Math.abs(deciding[at[0]]) > threshold ? old[at[0]] : 0;
                  at[0]++;
                });
      }
    }
  }

  private static float[] elements(float[] values, DirectionSlices slices, Span span) {
    int directions = span.to() - span.from();
    float[] found =
        new float[Math.toIntExact(slices.shape().elements() / slices.rank() * directions)];
    int[] at = new int[1];
    slices.forEach(span, i -> found[at[0]++] = values[i]);
    return found;
  }

  /** Of the sizes; interpolated between two neighbours, as torch.quantile does. */
  private double quantile(float[] values) {
    double[] sizes = new double[values.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.abs(values[i]);
    }
    Arrays.sort(sizes);
    double place = pruned * (sizes.length - 1);
    int below = (int) Math.floor(place);
    int above = Math.min(below + 1, sizes.length - 1);
    return sizes[below] + (place - below) * (sizes[above] - sizes[below]);
  }
}
