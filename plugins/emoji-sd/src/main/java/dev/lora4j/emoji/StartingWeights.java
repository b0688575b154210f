package dev.lora4j.emoji;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatLayout.Slot;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.Initialiser;
import dev.lora4j.diffusion.config.RunProblems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Initial weights of training: random ones, or those of networks of the same sizes. */
final class StartingWeights {
  private static final int NAMED = 3;

  private final long seed;
  private final Map<String, Path> files;

  /**
   * @param seed of random weights
   * @param files the weights of each network, by what its names begin with in the layout; none for
   *     random ones
   */
  StartingWeights(long seed, Map<String, Path> files) {
    this.seed = seed;
    this.files = new LinkedHashMap<>(files);
  }

  /**
   * The first values of a flat buffer of this layout.
   *
   * @throws RunProblems if a file is of another architecture
   */
  float[] fill(Scope scope, FlatLayout layout) {
    float[] flat = Initialiser.fill(layout, seed);
    files.forEach(
        (prefix, path) -> {
          try (Safetensors file = Safetensors.open(path);
              Scope reading = scope.child("starting weights")) {
            copy(reading, file, prefix, layout, flat, path);
          }
        });
    return flat;
  }

  private static void copy(
      Scope scope, Safetensors file, String prefix, FlatLayout layout, float[] flat, Path path) {
    Map<Slot, TensorInfo> found = new LinkedHashMap<>();
    List<String> unfit = new ArrayList<>();
    for (Slot slot : layout.slots()) {
      Parameter p = slot.parameter();
      if (p.name().startsWith(prefix)) {
        String name = p.name().substring(prefix.length());
        TensorInfo info = file.tensors().get(name);
        if (info == null || !info.shape().equals(p.shape())) {
          unfit.add(
              name + " " + (info == null ? "is not there" : info.shape() + " for " + p.shape()));
        } else {
          found.put(slot, info);
        }
      }
    }
    if (!unfit.isEmpty()) {
      throw new RunProblems(
          List.of(
              path
                  + " cannot be begun with, as "
                  + unfit.size()
                  + " of its weights do not fit: "
                  + String.join(", ", unfit.subList(0, Math.min(NAMED, unfit.size())))
                  + ". Take a base of the sizes that the run has, or change these."));
    }
    found.forEach(
        (slot, info) -> {
          try (Tensor stored =
                  Tensor.of(scope, info.dtype(), info.shape(), file.read(info.name()));
              Tensor full = stored.to(scope, DType.F32)) {
            float[] values = full.floats();
            System.arraycopy(values, 0, flat, Math.toIntExact(slot.offset()), values.length);
          }
        });
  }
}
