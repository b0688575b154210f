package dev.lora4j.bench;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.Initialiser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files of untrained weights, as large as real ones. */
public final class RandomWeights {
  private RandomWeights() {}

  /**
   * Writes weights as they are before training; the folder is made if it is not there.
   *
   * @param stored F32 or BF16
   */
  public static void write(Path file, DType stored, List<Parameter> parameters) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Parameter parameter : parameters) {
      writer.add(parameter.name(), stored, parameter.shape(), () -> bytes(parameter, stored));
    }
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      writer.write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Written one after another, so that never more than one tensor is in memory. */
  private static ByteBuffer bytes(Parameter parameter, DType stored) {
    float[] values = Initialiser.fill(FlatLayout.of(List.of(parameter)), 0);
    int size = Math.toIntExact(stored.bytes(values.length));
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    if (stored == DType.F32) {
      bytes.asFloatBuffer().put(values);
      return bytes;
    }
    for (float value : values) {
      // BF16 is the upper half of F32; rounding does not matter to weights by chance.
      bytes.putShort((short) (Float.floatToIntBits(value) >>> Short.SIZE));
    }
    return bytes.flip();
  }
}
