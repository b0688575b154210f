package dev.lora4j.core.gguf;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Any bytes as a file. Among the other tests this runs the corpus; {@code docs/dev/fuzzing.md} says
 * how to let it search for hours.
 */
class GgufFuzzTest {
  @FuzzTest(maxDuration = "1h")
  void opensOrRefuses(byte[] file) {
    GgufContract.check(file);
  }
}
