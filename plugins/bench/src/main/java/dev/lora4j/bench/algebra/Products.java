package dev.lora4j.bench.algebra;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Numbers for the comparison of adapters in kohya's layout: for each layer the beginning of its
 * change's product with a fixed vector, of length 1 as a whole. The script {@code sd_scripts.py}
 * forms the same.
 */
final class Products {
  private static final String DOWN = ".lora_down.weight";
  private static final int SHOWN = 8;

  private Products() {}

  /** Products of all layers, in the order of their names. */
  static double[] of(Path file) {
    List<Double> all = new ArrayList<>();
    try (Safetensors opened = Safetensors.open(file)) {
      for (String name : new TreeSet<>(opened.tensors().keySet())) {
        if (name.endsWith(DOWN)) {
          add(all, opened, name.substring(0, name.length() - DOWN.length()));
        }
      }
    }
    return all.stream().mapToDouble(v -> v).toArray();
  }

  private static void add(List<Double> all, Safetensors file, String layer) {
    double[] down = tensor(file, layer + DOWN);
    double[] up = tensor(file, layer + ".lora_up.weight");
    int rank = (int) info(file, layer + DOWN).shape().size(0);
    int width = down.length / rank;
    double[] inner = new double[rank];
    for (int k = 0; k < rank; k++) {
      for (int i = 0; i < width; i++) {
        inner[k] += down[k * width + i] * Math.cos(i);
      }
    }
    double[] y = new double[up.length / rank];
    double square = 0;
    for (int o = 0; o < y.length; o++) {
      for (int k = 0; k < rank; k++) {
        y[o] += up[o * rank + k] * inner[k];
      }
      square += y[o] * y[o];
    }
    for (int o = 0; o < SHOWN; o++) {
      all.add(y[o] / Math.sqrt(square));
    }
  }

  private static double[] tensor(Safetensors file, String name) {
    TensorInfo info = info(file, name);
    return HostTensor.of(info.dtype(), info.shape(), file.read(name)).doubles();
  }

  private static TensorInfo info(Safetensors file, String name) {
    return Optional.ofNullable(file.tensors().get(name))
        .orElseThrow(() -> new IllegalStateException(file.path() + " lacks " + name));
  }
}
