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
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What training starts from: the weights of the model that is in the folder, where there is one of
 * the same architecture, and fresh ones otherwise.
 */
final class StartingWeights {
  private final Map<String, Path> files;
  private final PrintStream log;

  /**
   * @param files the weights of each network, by what its names begin with in the layout
   */
  StartingWeights(Map<String, Path> files, PrintStream log) {
    this.files = files;
    this.log = log;
  }

  /** The first values of a flat buffer of this layout. */
  float[] fill(Scope scope, FlatLayout layout) {
    float[] flat = Initialiser.fill(layout, Recipe.SEED);
    files.forEach(
        (prefix, path) -> {
          if (Files.exists(path)) {
            try (Safetensors file = Safetensors.open(path);
                Scope reading = scope.child("starting weights")) {
              log.printf("%s: %s%n", path, copy(reading, file, prefix, layout, flat));
            }
          }
        });
    return flat;
  }

  private static String copy(
      Scope scope, Safetensors file, String prefix, FlatLayout layout, float[] flat) {
    Map<Slot, TensorInfo> found = new LinkedHashMap<>();
    for (Slot slot : layout.slots()) {
      Parameter p = slot.parameter();
      if (p.name().startsWith(prefix)) {
        TensorInfo info = file.tensors().get(p.name().substring(prefix.length()));
        if (info == null || !info.shape().equals(p.shape())) {
          return "another architecture, beginning anew";
        }
        found.put(slot, info);
      }
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
    return "going on from its weights";
  }
}
