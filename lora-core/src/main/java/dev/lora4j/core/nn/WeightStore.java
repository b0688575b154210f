package dev.lora4j.core.nn;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The weights of one checkpoint, by name, in the type they are computed in. Weights that are stored
 * in that type are mapped from the file and cost no memory of their own; others are converted.
 */
public final class WeightStore {
  private final String origin;
  private final Map<String, Tensor> tensors;

  private WeightStore(String origin, Map<String, Tensor> tensors) {
    this.origin = origin;
    this.tensors = tensors;
  }

  /**
   * Reads the weights that a model asked for. Floating-point tensors become {@code compute}. The
   * tensors belong to {@code scope}.
   *
   * @param file a safetensors file or the index of a sharded checkpoint
   * @param wanted what the model asked for; its names and shapes must be the file's
   * @param optional names of tensors that checkpoints carry though no model needs them
   * @throws TensorException if a weight is missing, has another shape, or is in the file though the
   *     model does not know it
   */
  public static WeightStore load(
      Scope scope, Path file, DType compute, List<Parameter> wanted, Set<String> optional) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (TensorStore store = TensorStore.open(file);
        Scope raw = scope.child("raw")) {
      check(file, store.tensors(), wanted, optional);
      MappedTensors mapped = new MappedTensors(store, raw);
      for (Parameter parameter : wanted) {
        TensorInfo info = Objects.requireNonNull(store.tensors().get(parameter.name()));
        if (info.dtype() == compute) {
          tensors.put(info.name(), mapped.tensor(scope, info));
        } else {
          try (Tensor stored = mapped.tensor(raw, info)) {
            tensors.put(info.name(), stored.to(scope, compute));
          }
        }
      }
    }
    return new WeightStore(file.toString(), tensors);
  }

  private static void check(
      Path file, Map<String, TensorInfo> found, List<Parameter> wanted, Set<String> optional) {
    Set<String> unknown = new TreeSet<>(found.keySet());
    unknown.removeAll(optional);
    Set<String> missing = new TreeSet<>();
    for (Parameter parameter : wanted) {
      TensorInfo info = found.get(parameter.name());
      unknown.remove(parameter.name());
      if (info == null) {
        missing.add(parameter.name());
      } else if (!info.shape().equals(parameter.shape())) {
        throw new TensorException(
            "Weight "
                + parameter.name()
                + " in "
                + file
                + " has shape "
                + info.shape()
                + ", but the model's config.json makes it "
                + parameter.shape()
                + ".");
      }
    }
    if (!missing.isEmpty()) {
      throw new TensorException(
          file
              + " lacks "
              + some(missing)
              + (unknown.isEmpty() ? "" : " and holds " + some(unknown) + " that the model lacks")
              + "; is it the checkpoint of another architecture?");
    }
    if (!unknown.isEmpty()) {
      throw new TensorException(
          file + " holds " + some(unknown) + " that the model described by config.json lacks.");
    }
  }

  private static String some(Set<String> names) {
    String first = names.stream().limit(3).collect(Collectors.joining(", "));
    return names.size() + " weights (" + first + (names.size() > 3 ? ", ..." : "") + ")";
  }

  /** The weight called {@code name}. */
  public Tensor tensor(String name) {
    return Optional.ofNullable(tensors.get(name))
        .orElseThrow(() -> new TensorException(origin + " has no weight called " + name + "."));
  }
}
