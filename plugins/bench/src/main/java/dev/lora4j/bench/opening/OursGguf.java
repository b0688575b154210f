package dev.lora4j.bench.opening;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufTensor;
import java.nio.file.Path;

/** Ours: the header of a GGUF file read and all rules of the format checked, the file mapped. */
record OursGguf(Path file) implements Contender {
  @Override
  public String name() {
    return "lora4j";
  }

  /** Number of tensors of the file, and of their elements. */
  @Override
  public double[] check() {
    GgufFile opened = GgufFile.open(file);
    double elements = 0;
    for (GgufTensor tensor : opened.tensors().values()) {
      elements += tensor.shape().elements();
    }
    return new double[] {opened.tensors().size(), elements};
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, () -> GgufFile.open(file));
  }

  @Override
  public void close() {}
}
