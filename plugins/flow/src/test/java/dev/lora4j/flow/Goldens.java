package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Numbers that diffusers computed. */
public final class Goldens {
  /** Folder of the files. */
  public static final Path RESOURCES = Path.of("src/test/resources");

  /** The tiny pipeline. */
  public static final Path PIPELINE = RESOURCES.resolve("tiny-sd3");

  /** What the pictures of the goldens show, and what they must not. */
  public static final String PROMPT = "A red fox, drawn with ink, isn't it? 12 caf\u00e9s";

  public static final String NEGATIVE = "blurry, 12";

  private Goldens() {}

  /** A tensor of a file. */
  public static HostTensor tensor(Path file, String name) {
    try (TensorStore store = TensorStore.open(file)) {
      TensorInfo info =
          Optional.ofNullable(store.tensors().get(name))
              .orElseThrow(() -> new IllegalArgumentException(file + " has no " + name));
      return HostTensor.of(info.dtype(), info.shape(), store.read(name));
    }
  }

  /** Requires numbers within a share of the greatest. */
  public static void assertClose(String name, double[] expected, double[] found, double share) {
    assertEquals(expected.length, found.length, name);
    double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      worst = Math.max(worst, Math.abs(expected[i] - found[i]));
    }
    assertTrue(worst <= share * scale, name + ": " + worst / scale + " of the scale");
  }

  /** F32 as F64. */
  public static double[] doubles(float[] values) {
    double[] all = new double[values.length];
    Arrays.setAll(all, i -> values[i]);
    return all;
  }
}
