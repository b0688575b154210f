package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Contribution of one method of one term to a weight.
 *
 * @param coefficient the term's weight times the method's scale
 * @param form how it becomes a product of two factors
 * @param rank of that product
 */
record MethodTerm(Factors factors, AdditiveMethod method, double coefficient, Form form, int rank) {
  enum Form {
    /** The stored factors are the product. */
    STORED,
    /** The method computes the two factors. */
    COMPUTED,
    /** The method has its change as a whole alone, which is its product with the identity. */
    WHOLE
  }

  static MethodTerm of(Site site, Factors factors, AdditiveMethod method, double weight) {
    double coefficient = weight * method.scale(factors.structure());
    OptionalInt rank = method.rank(ungrouped(site), factors.structure());
    if (rank.isEmpty()) {
      int whole = Math.toIntExact(Math.min(site.out(), site.rest()));
      return new MethodTerm(factors, method, coefficient, Form.WHOLE, whole);
    }
    boolean stored =
        factors.method().equals(LoraMethod.NAME)
            && factors.tensors().keySet().equals(Set.of(LoraMethod.DOWN, LoraMethod.UP))
            && factors.tensor(LoraMethod.DOWN).dtype() == factors.tensor(LoraMethod.UP).dtype();
    return new MethodTerm(
        factors, method, coefficient, stored ? Form.STORED : Form.COMPUTED, rank.getAsInt());
  }

  /**
   * A layer that is not grouped, with a weight of this shape. Groups prevent a product of factors
   * from being applied unmerged; as a change of the weight it is a product all the same.
   */
  static Site ungrouped(Site site) {
    return new Site("", site.kind(), site.weight(), false, 1, 0, 1, 1);
  }

  /** The same factors with the sum of both weights. */
  MethodTerm plus(MethodTerm other) {
    return new MethodTerm(factors, method, coefficient + other.coefficient, form, rank);
  }

  /** The weight of its term. */
  double weight() {
    return coefficient / method.scale(factors.structure());
  }

  /** The type that its product is handed over in. */
  DType dtype() {
    return form == Form.STORED ? factors.tensor(LoraMethod.DOWN).dtype() : DType.F32;
  }
}
