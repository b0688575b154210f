package dev.lora4j.core.nn;

import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of one model, by name, in the type they are computed in. Weights that are stored in
 * that type are mapped from the file and cost no memory of their own; others are converted.
 */
public final class WeightStore {
  private final String origin;
  private final Map<String, Tensor> tensors;

  private WeightStore(String origin, Map<String, Tensor> tensors) {
    this.origin = origin;
    this.tensors = tensors;
  }

  /**
   * Reads weights, whose tensors then belong to {@code scope}. Nothing is checked; what a model
   * asks for is compared with what there is by who knows both.
   *
   * @param weights where each lies, by the names that the model gives them
   * @param compute the type that they become
   */
  public static WeightStore load(
      Scope scope, TensorStore store, Map<String, StoredWeight> weights, DType compute) {
    return load(scope, StoredTensors.of(store), weights, compute);
  }

  /** Reads weights as {@link #load(Scope, TensorStore, Map, DType)} does. */
  public static WeightStore load(
      Scope scope, StoredTensors store, Map<String, StoredWeight> weights, DType compute) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Scope raw = scope.child("raw")) {
      WeightReader reader = new WeightReader(raw, store, compute);
      weights.forEach((name, weight) -> tensors.put(name, reader.read(scope, weight)));
    }
    return new WeightStore(store.path().toString(), tensors);
  }

  /** These and those weights together; no name may be in both. */
  public WeightStore and(WeightStore others) {
    Map<String, Tensor> both = new LinkedHashMap<>(tensors);
    both.putAll(others.tensors);
    return new WeightStore(origin, both);
  }

  /** These weights and those tensors, which stay with their owner; no name may be in both. */
  public WeightStore with(Map<String, Tensor> others) {
    return and(new WeightStore(origin, others));
  }

  /** Returns true if there is a weight called {@code name}. */
  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** Bytes of all weights, each counted once. */
  public long bytes() {
    return new HashSet<>(tensors.values())
        .stream().mapToLong(t -> t.dtype().bytes(t.shape().elements())).sum();
  }

  /**
   * A copy in which some weights have further names.
   *
   * @param owners for each further name, the name of the weight that it is
   */
  public WeightStore sharing(Map<String, String> owners) {
    Map<String, Tensor> all = new LinkedHashMap<>(tensors);
    owners.forEach((name, owner) -> all.put(name, tensor(owner)));
    return new WeightStore(origin, all);
  }

  /** The weight called {@code name}. */
  public Tensor tensor(String name) {
    return Optional.ofNullable(tensors.get(name))
        .orElseThrow(() -> new TensorException(origin + " has no weight called " + name + "."));
  }
}
