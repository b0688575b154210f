package dev.lora4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The tiny random model that real diffusers made, with the numbers it computed. */
public final class TinySd implements AutoCloseable {
  public static final Path FOLDER = Path.of("src/test/resources/tiny-sd");

  private final Safetensors golden = Safetensors.open(FOLDER.resolve("golden.safetensors"));

  public float[] floats(String name) {
    TensorInfo info = golden.tensors().get(name);
    float[] values = new float[(int) info.shape().elements()];
    ByteBuffer bytes = golden.read(name);
    for (int i = 0; i < values.length; i++) {
      values[i] = info.dtype() == DType.I32 ? bytes.getInt() : bytes.getFloat();
    }
    return values;
  }

  public Tensor tensor(Scope scope, String name) {
    return Tensor.of(scope, shape(name), floats(name));
  }

  public Tensor longs(Scope scope, String name) {
    float[] floats = floats(name);
    long[] values = new long[floats.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (long) floats[i];
    }
    return Tensor.ofLongs(scope, shape(name), values);
  }

  public Shape shape(String name) {
    return golden.tensors().get(name).shape();
  }

  /** Within {@code tolerance} of the golden value's own scale. */
  public void assertClose(String name, Tensor found, double tolerance) {
    assertEquals(shape(name), found.shape(), name);
    assertClose(name, found.floats(), tolerance);
  }

  public void assertClose(String name, float[] found, double tolerance) {
    float[] expected = floats(name);
    float scale = 0;
    for (float v : expected) {
      scale = Math.max(scale, Math.abs(v));
    }
    assertArrayEquals(expected, found, (float) (tolerance * scale), name);
  }

  @Override
  public void close() {
    golden.close();
  }
}
