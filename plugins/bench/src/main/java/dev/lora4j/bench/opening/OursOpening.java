package dev.lora4j.bench.opening;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import java.nio.file.Path;

/** Ours: the header read and all rules of the format checked. */
record OursOpening(Path file) implements Contender {
  @Override
  public String name() {
    return "lora4j";
  }

  /** Number of tensors of the file, and of their elements. */
  @Override
  public double[] check() {
    try (Safetensors opened = Safetensors.open(file)) {
      double elements = 0;
      for (TensorInfo info : opened.tensors().values()) {
        elements += info.shape().elements();
      }
      return new double[] {opened.tensors().size(), elements};
    }
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, () -> Safetensors.open(file).close());
  }

  @Override
  public void close() {}
}
