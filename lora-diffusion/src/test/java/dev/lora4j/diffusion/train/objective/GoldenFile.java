package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.List;

/** Numbers that a script of {@code src/test/golden} wrote. */
record GoldenFile(Path path) {
  /** By the name of the file. */
  GoldenFile(String name) {
    this(Path.of("src/test/resources", name + ".safetensors"));
  }

  List<String> names(String prefix) {
    try (TensorStore store = TensorStore.open(path)) {
      return store.tensors().keySet().stream().filter(k -> k.startsWith(prefix)).sorted().toList();
    }
  }

  HostTensor tensor(String name) {
    try (TensorStore store = TensorStore.open(path)) {
      TensorInfo info = store.tensors().get(name);
      return HostTensor.of(info.dtype(), info.shape(), store.read(name));
    }
  }

  float[] floats(String name) {
    double[] values = tensor(name).doubles();
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
