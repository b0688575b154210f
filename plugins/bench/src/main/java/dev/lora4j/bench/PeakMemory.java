package dev.lora4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The most memory that a process had, as Linux counts it. */
final class PeakMemory {
  private static final String LINE = "VmHWM:";
  private static final long KIB = 1024;

  private PeakMemory() {}

  /**
   * Peak memory in bytes, pages of mapped files included; empty on other systems, and of no
   * process.
   */
  static OptionalLong of(long pid) {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.isReadable(status)) {
      return OptionalLong.empty();
    }
    try {
      return Files.readAllLines(status).stream()
          .filter(l -> l.startsWith(LINE))
          .mapToLong(l -> KIB * Long.parseLong(l.substring(LINE.length()).replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException e) {
      // It ended in this moment.
      return OptionalLong.empty();
    }
  }
}
