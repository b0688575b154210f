package dev.lora4j.bench.quantised;

import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Inputs of every contender, by name: {@code x} [tokens, 2048]; {@code weight.N} [2048, 2048],
 * {@code down.N} [16, 2048] and {@code up.N} [2048, 16] of each layer.
 */
record LayerInputs(Map<String, HostTensor> tensors) {
  static final int LAYERS = 4;
  static final int WIDTH = 2048;
  private static final int RANK = 16;

  static LayerInputs of(int tokens) {
    Map<String, HostTensor> all = new LinkedHashMap<>();
    all.put("x", normal(0, 1, tokens, WIDTH));
    double deviation = 1 / Math.sqrt(WIDTH);
    for (int layer = 0; layer < LAYERS; layer++) {
      all.put("weight." + layer, normal(3 * layer + 1, deviation, WIDTH, WIDTH));
      all.put("down." + layer, normal(3 * layer + 2, deviation, RANK, WIDTH));
      all.put("up." + layer, normal(3 * layer + 3, 0.1, WIDTH, RANK));
    }
    return new LayerInputs(all);
  }

  private static HostTensor normal(int purpose, double deviation, int rows, int columns) {
    SeededNoise noise = SeededNoise.of(0, purpose);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (noise.gaussian() * deviation);
    }
    return HostTensor.of(Shape.of(rows, columns), values);
  }

  HostTensor tensor(String name) {
    HostTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(name);
    }
    return tensor;
  }

  /** Writes a file for peers outside of this process. */
  Path write(Path file) {
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach((name, t) -> writer.add(name, t.dtype(), t.shape(), t.bytes()));
    writer.write(file);
    return file;
  }
}
