package dev.lora4j.core.model;

import dev.lora4j.core.nn.MappedTensors;
import dev.lora4j.core.nn.StoredForm;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
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
  /** Those of some weights that can be; turned and swapped ones cannot, nor rows of some forms. */
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
    if (!weight.inOrder()) {
      return Optional.empty();
    }
    Shape whole = whole(store, weight);
    return store
        .quantised(weight.tensor())
        .filter(
            stored ->
                whole.elements() == weight.shape().elements()
                    || divides(stored.form(), whole, weight));
  }

  private static Shape whole(StoredTensors store, StoredWeight weight) {
    return Optional.ofNullable(store.tensors().get(weight.tensor())).orElseThrow().shape();
  }

  /** Returns true if the parts of some rows are stretches of the parts of the whole weight. */
  private static boolean divides(WeightForm form, Shape whole, StoredWeight weight) {
    if (!form.rowwise()) {
      return false;
    }
    Map<String, Shape> all = new HashMap<>();
    form.parts(whole).forEach(part -> all.put(part.name(), part.shape()));
    long elements = whole.elements();
    return form.parts(weight.shape()).stream()
        .allMatch(
            part -> {
              long own = part.shape().elements();
              long of = Optional.ofNullable(all.get(part.name())).orElseThrow().elements();
              return own == of
                  || (own * elements == of * weight.shape().elements()
                      && of * weight.from() % elements == 0);
            });
  }

  /** Maps them. */
  WeightStore mapped(Scope scope) {
    CollectedForms all = new CollectedForms(scope);
    try (Scope raw = scope.child("raw")) {
      MappedTensors mapped = new MappedTensors(store, raw);
      places.forEach(
          (name, weight) -> {
            StoredForm stored = form(store, weight).orElseThrow();
            Map<String, Tensor> parts = new HashMap<>();
            for (WeightForm.Part part : stored.form().parts(weight.shape())) {
              parts.put(part.name(), part(scope, mapped, stored, part, weight));
            }
            all.add(name, stored.form(), weight.shape(), parts);
          });
    }
    return all.weights(store.path().toString(), compute);
  }

  private Tensor part(
      Scope scope,
      MappedTensors mapped,
      StoredForm stored,
      WeightForm.Part part,
      StoredWeight weight) {
    long elements = whole(store, weight).elements();
    TensorInfo info = stored.mapped().get(part.name());
    if (info != null) {
      return mapped.tensor(scope, info, first(info.shape(), part, weight, elements), part.shape());
    }
    HostTensor given = Optional.ofNullable(stored.given().get(part.name())).orElseThrow();
    try (Tensor whole = given.on(scope)) {
      return whole.view(scope, first(given.shape(), part, weight, elements), part.shape());
    }
  }

  /** Elements of a part of the whole weight before those of some rows. */
  private static long first(Shape whole, WeightForm.Part part, StoredWeight weight, long elements) {
    boolean shared = whole.elements() == part.shape().elements();
    return shared ? 0 : whole.elements() * weight.from() / elements;
  }
}
