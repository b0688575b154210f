package dev.lora4j.core.safetensors;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Any bytes as a file. Among the other tests this runs the corpus; {@code docs/dev/fuzzing.md} says
 * how to let it search for hours.
 */
class SafetensorsFuzzTest {
  @FuzzTest(maxDuration = "1h")
  void opensOrRefuses(byte[] file) {
    FileContract.check(file);
  }
}
