package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.ExtensionName;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * Rule by which a gradient changes the weights. Stateless: its memory from step to step is the
 * {@link OptimizerSlot slots} that it declares, which the state of training holds and checkpoints
 * store by name.
 *
 * <p>An extension point. Implementations are records of their settings, whose defaults are those of
 * the implementation that is named in their documentation. {@link #canonical} gives name and
 * settings; a run resumes from a checkpoint only with an equal optimizer.
 */
public interface Optimizer extends Canonical {
  /** Stable name in requests and checkpoints. */
  default String name() {
    return ExtensionName.of(this);
  }

  /** Slots of the optimizer, in a fixed order. */
  List<OptimizerSlot> memories();

  /**
   * Bytes of its slots.
   *
   * @param weights shapes of the weights, fully known
   * @param type the type of the weights
   */
  default long bytes(Collection<Shape> weights, DType type) {
    return memories().stream()
        .mapToLong(slot -> weights.stream().mapToLong(shape -> slot.bytes(shape, type)).sum())
        .sum();
  }

  /**
   * Stages the part of the gradient that counts, which is then measured, clipped and given to
   * {@link #stage}; all of it by default.
   *
   * @param gradient of all weights, [n]
   * @param memories its slots for each element of the weights by name, [n]
   */
  default Expr counted(Expr gradient, Function<String, Expr> memories) {
    return gradient;
  }

  /**
   * Stages its part of a step: changes weights and slots in place. Changes other than by {@link
   * Update#replace} must leave all values as they are, to the last bit, where {@link Update#taken}
   * does not hold.
   */
  void stage(Update update);

  /**
   * Stages the weights to evaluate and save, where the gradient is taken at others.
   *
   * @param weights the weights that the gradient is taken at, [n]
   * @param memories its slots by name
   */
  default Expr evaluation(Expr weights, Function<String, Expr> memories) {
    return weights;
  }

  /**
   * Returns true if {@link #evaluation} gives other weights than those the gradient is taken at.
   */
  default boolean evaluatesElsewhere() {
    return false;
  }

  /**
   * Returns true if weights may have different rates; optimizers that estimate the rate may need
   * one.
   */
  default boolean takesSeveralRates() {
    return true;
  }

  /** Canonical text: by default the name of the class, with the components of a record. */
  @Override
  default String canonical() {
    return CanonicalForm.ofExtension(this);
  }
}
