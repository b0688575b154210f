package dev.lora4j.core.quantised;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.ExtensionName;

/**
 * Rounding of a base's weights to few bits when it is loaded. A pure function; an extension point,
 * whose implementations are records of their settings.
 */
public interface Quantisation extends Canonical {
  /** Weights with fewer numbers gain too little. */
  int FEWEST = 4096;

  /** Stable name. */
  default String name() {
    return ExtensionName.of(this);
  }

  /** Form of the weights that it makes. */
  WeightForm form();

  /**
   * Rounds a weight.
   *
   * @param values its numbers, row after row
   */
  QuantisedWeight quantised(float[] values, Shape shape);

  /**
   * Returns true if a weight is rounded: matrices and kernels of some size. Embeddings, norms and
   * biases stay.
   */
  default boolean suits(Parameter parameter) {
    return parameter.init() == Parameter.Init.KAIMING && parameter.shape().elements() >= FEWEST;
  }

  /** Canonical text: by default the name of the class, with the components of a record. */
  @Override
  default String canonical() {
    return CanonicalForm.ofExtension(this);
  }
}
