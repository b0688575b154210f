package dev.lora4j.core.model;

import dev.lora4j.core.nn.MappedTensors;
import dev.lora4j.core.nn.StoredForm;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Weights that their files have quantised, and that are used as they lie there.
 *
 * @param places where each lies, by the name that its network gives it
 * @param compute type that their numbers are computed in
 */
record StoredForms(StoredTensors store, Map<String, StoredWeight> places, DType compute) {
  /** Those of some weights that can be; parts of tensors and turned ones cannot. */
  static StoredForms of(StoredTensors store, Map<String, StoredWeight> all, DType compute) {
    Map<String, StoredWeight> places = new LinkedHashMap<>();
    all.forEach(
        (name, weight) -> {
          if (form(store, weight).isPresent()) {
            places.put(name, weight);
          }
        });
    return new StoredForms(store, places, compute);
  }

  private static Optional<StoredForm> form(StoredTensors store, StoredWeight weight) {
    boolean whole =
        !weight.transposed()
            && weight.from() == 0
            && Optional.ofNullable(store.tensors().get(weight.tensor()))
                .filter(info -> info.shape().elements() == weight.shape().elements())
                .isPresent();
    return whole ? store.quantised(weight.tensor()) : Optional.empty();
  }

  /** Maps them. */
  WeightStore mapped(Scope scope) {
    CollectedForms all = new CollectedForms(scope);
    try (Scope raw = scope.child("raw")) {
      MappedTensors mapped = new MappedTensors(store, raw);
      places.forEach(
          (name, weight) -> {
            StoredForm form = form(store, weight).orElseThrow();
            Map<String, Tensor> parts = new HashMap<>();
            form.mapped().forEach((part, info) -> parts.put(part, mapped.tensor(scope, info)));
            form.given().forEach((part, value) -> parts.put(part, value.on(scope)));
            all.add(name, form.form(), weight.shape(), parts);
          });
    }
    return all.weights(store.path().toString(), compute);
  }
}
