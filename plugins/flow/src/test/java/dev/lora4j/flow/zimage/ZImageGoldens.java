package dev.lora4j.flow.zimage;

import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.flow.Goldens;
import java.nio.file.Path;

/** Numbers that diffusers computed of a tiny Z-Image. */
final class ZImageGoldens {
  /** Folder of the files. */
  static final Path FOLDER = Goldens.RESOURCES.resolve("zimage");

  /** Share of the greatest number that others may be away. */
  static final double CLOSE = 1e-5;

  private ZImageGoldens() {}

  static HostTensor expected(String name) {
    return Goldens.tensor(FOLDER.resolve("expected.safetensors"), name);
  }

  static void assertClose(String name, double[] found) {
    Goldens.assertClose(name, expected(name).doubles(), found, CLOSE);
  }
}
