package dev.lora4j.core.safetensors;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Any bytes as a header. The length before it is always right, and the first byte of the input is
 * the number of data bytes after it: so the search soon gets beyond the first rules.
 */
class HeaderFuzzTest {
  @FuzzTest(maxDuration = "1h")
  void opensOrRefuses(byte[] input) {
    if (input.length == 0) {
      return;
    }
    int header = input.length - 1;
    byte[] file =
        ByteBuffer.allocate(Limits.PREFIX + header + (input[0] & 0xff))
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header)
            .put(input, 1, header)
            .array();
    FileContract.check(file);
  }
}
