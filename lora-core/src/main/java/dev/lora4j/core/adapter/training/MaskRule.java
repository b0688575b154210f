package dev.lora4j.core.adapter.training;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.tensor.Shape;
import java.util.BitSet;
import java.util.Map;

/**
 * Choice of the elements of trained factors that are kept at 0, made anew after some steps. It is
 * made on the Java heap between two steps, so that it may sort. The optimizer sees a gradient of 0
 * at masked elements, and what it remembers of them is 0.
 */
public interface MaskRule extends Canonical {
  /** A tensor of a layer between two steps. */
  final class Factor {
    private final Shape shape;
    private final float[] values;
    private final float[] gradient;
    private final BitSet masked;

    /**
     * A tensor.
     *
     * @param values in row-major order; 0 where masked; not copied
     * @param gradient of the last step, masked elements included; empty unless {@link
     *     #seesGradients}; not copied
     * @param masked those that are kept at 0 so far
     */
    public Factor(Shape shape, float[] values, float[] gradient, BitSet masked) {
      this.shape = shape;
      this.values = values;
      this.gradient = gradient;
      this.masked = masked;
    }

    /** Shape. */
    public Shape shape() {
      return shape;
    }

    /** Its values in row-major order; nobody changes them. */
    public float[] values() {
      return values;
    }

    /** The gradient of the last step, likewise. */
    public float[] gradient() {
      return gradient;
    }

    /** Elements that are kept at 0 so far; a copy. */
    public BitSet masked() {
      return (BitSet) masked.clone();
    }
  }

  /**
   * Returns true if a choice is made after this step.
   *
   * @param step its number from 1, without those that were skipped; 0 before the first
   */
  boolean due(long step);

  /** Returns true if a choice depends on gradients, which are then kept from step to step. */
  boolean seesGradients();

  /**
   * The elements to keep at 0 from now on.
   *
   * @param step a {@link #due} one
   * @param factors of a layer, by part
   * @return by part; other parts stay as they are
   */
  Map<String, BitSet> masks(long step, Map<String, Factor> factors);
}
