package dev.lora4j.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Results of torchvision, transformers and PEFT. */
public final class Goldens {
  /** Folder of the files. */
  public static final Path RESOURCES = Path.of("src/test/resources");

  private Goldens() {}

  /** The model of a name. */
  public static Path model(String name) {
    return RESOURCES.resolve(name.equals("folder") ? name : name + ".safetensors");
  }

  /** The expected numbers. */
  public static HostTensor expected(String model, String name) {
    return tensor("expected-" + model + ".safetensors", name);
  }

  /** A tensor of a file. */
  public static HostTensor tensor(String file, String name) {
    try (TensorStore store = TensorStore.open(RESOURCES.resolve(file))) {
      TensorInfo info =
          Optional.ofNullable(store.tensors().get(name))
              .orElseThrow(() -> new IllegalArgumentException(file + " has no " + name));
      return HostTensor.of(info.dtype(), info.shape(), store.read(name));
    }
  }

  /** Requires numbers within a share of the greatest. */
  public static void assertClose(double[] expected, double[] found, double share) {
    assertEquals(expected.length, found.length);
    double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < found.length; i++) {
      double off = Math.abs(expected[i] - found[i]);
      assertTrue(off <= share * scale, "number " + i + " is off by " + off + " of " + scale);
    }
  }
}
