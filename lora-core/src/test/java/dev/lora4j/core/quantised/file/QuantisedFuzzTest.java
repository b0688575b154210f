package dev.lora4j.core.quantised.file;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Any bytes as a file with quantised weights. Among the other tests this runs the corpus; {@code
 * docs/dev/fuzzing.md} says how to let it search for hours.
 */
class QuantisedFuzzTest {
  private static final Path FILE = temporary();

  private static Path temporary() {
    try {
      Path file = Files.createTempFile("fuzzed", ".safetensors");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @FuzzTest(maxDuration = "1h")
  void opensOrRefuses(byte[] file) {
    QuantisedContract.check(file, FILE);
  }
}
