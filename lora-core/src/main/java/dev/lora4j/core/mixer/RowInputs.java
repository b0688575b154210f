package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Values of the inputs that {@link StagedDeltas} declares, for a parameter or for blocks of its
 * rows.
 */
final class RowInputs {
  private final List<Tensor> all = new ArrayList<>();

  /** Positions of the inputs that have the rows. */
  private final Set<Integer> ups = new HashSet<>();

  /** Creates the inputs of a parameter, owned by {@code work}. */
  RowInputs(Scope work, MixedParameter parameter) {
    List<Float> scales = new ArrayList<>();
    for (MixedParameter.Part part : parameter.parts()) {
      for (Factors factors : part.factors()) {
        int up = all.size() + new ArrayList<>(factors.tensors().keySet()).indexOf(LoraMethod.UP);
        if (factors.method().equals(LoraMethod.NAME)) {
          ups.add(up);
        }
        all.addAll(StagedFactors.tensors(work, factors));
        scales.add((float) Methods.additive(factors.method()).scale(factors.structure()));
      }
    }
    float[] rounded = new float[scales.size()];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = scales.get(i);
    }
    all.add(Tensor.of(work, Shape.of(rounded.length), rounded));
  }

  /** Inputs of the whole parameter. */
  List<Tensor> whole() {
    return List.copyOf(all);
  }

  /**
   * Inputs of one of its blocks.
   *
   * @param work owner of the views
   */
  List<Tensor> block(Scope work, RowBlocks blocks, int number) {
    if (blocks.count() == 1) {
      return whole();
    }
    List<Tensor> some = new ArrayList<>(all);
    for (int place : ups) {
      Tensor up = all.get(place);
      Shape part = up.shape().with(0, blocks.rows());
      some.set(place, up.view(work, number * part.elements(), part));
    }
    return some;
  }
}
