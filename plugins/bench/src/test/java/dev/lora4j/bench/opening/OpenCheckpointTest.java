package dev.lora4j.bench.opening;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.safetensors.Safetensors;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenCheckpointTest {
  @TempDir private Path folder;

  @Test
  void writtenFileHasItsDeclaredTensors() throws Exception {
    Path file = LargeCheckpoint.write(folder.resolve("large.safetensors"), 17, 1L << 30);
    long rows = (1L << 30) / 17 / 640;
    try (Safetensors opened = Safetensors.open(file);
        OursOpening ours = new OursOpening(file)) {
      assertEquals(17, opened.tensors().size());
      assertArrayEquals(new double[] {17, 17.0 * rows * 320}, ours.check());
      assertEquals(5, ours.run(5).length);
    }
  }
}
