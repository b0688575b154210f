package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;

/** A small file of F32 tensors that count 0, 1, 2, ... */
public final class Tensors {
  private final SafetensorsWriter writer = new SafetensorsWriter();

  public Tensors add(String name, long... sizes) {
    HostTensor tensor = counting(sizes);
    writer.add(name, tensor.dtype(), tensor.shape(), tensor.bytes());
    return this;
  }

  public Tensors integers(String name, int count) {
    writer.add(name, DType.U8, Shape.of(count), java.nio.ByteBuffer.allocate(count));
    return this;
  }

  public Path write(Path file) {
    writer.write(file);
    return file;
  }

  public static HostTensor counting(long... sizes) {
    Shape shape = Shape.of(sizes);
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return HostTensor.of(shape, values);
  }
}
