package dev.lora4j.core.tensor.djl;

import com.sun.jna.Library;
import com.sun.jna.Native;

/**
 * Memory that the C library has not returned to the system. glibc takes blocks below a limit, which
 * grows to 32 MB with what is freed, from a heap of its own, so that a closed model would still
 * count as resident.
 */
final class FreedMemory {
  /** glibc's function, by its C name. */
  @SuppressWarnings({"checkstyle:MethodName", "MethodName"})
  private interface Glibc extends Library {
    int malloc_trim(long keep);
  }

  private FreedMemory() {}

  /** Returns it to the system; does nothing with another C library, which does so itself. */
  static void giveBack() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return;
    }
    try {
      Native.load("c", Glibc.class).malloc_trim(0);
    } catch (UnsatisfiedLinkError e) {
      // musl's has no such function, and keeps little.
    }
  }
}
