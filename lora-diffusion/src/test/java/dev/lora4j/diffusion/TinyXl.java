package dev.lora4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.Safetensors;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The tiny random Stable Diffusion XL that real diffusers made, with the numbers it computed. */
public final class TinyXl implements AutoCloseable {
  public static final Path FOLDER = Path.of("src/test/resources/tiny-xl");

  private final Safetensors golden = Safetensors.open(FOLDER.resolve("golden.safetensors"));

  public String prompt() {
    return golden.metadata().get("prompt");
  }

  public String negative() {
    return golden.metadata().get("negative");
  }

  public float[] floats(String name) {
    float[] values = new float[(int) golden.tensors().get(name).shape().elements()];
    ByteBuffer bytes = golden.read(name);
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.getFloat();
    }
    return values;
  }

  /** Within {@code tolerance} of the golden value's own scale. */
  public void assertClose(String name, float[] found, double tolerance) {
    float[] expected = floats(name);
    double scale = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      scale = Math.max(scale, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(expected[i] - found[i]));
    }
    assertTrue(
        expected.length == found.length && worst <= tolerance * scale,
        name + ": " + worst / scale + " of the scale");
  }

  @Override
  public void close() {
    golden.close();
  }
}
