package dev.lora4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Memory of a process as Linux counts it, pages of mapped files included; empty on other systems,
 * and of no process.
 */
public final class ResidentMemory {
  private static final String PEAK = "VmHWM:";
  private static final String NOW = "VmRSS:";
  private static final long KIB = 1024;

  private ResidentMemory() {}

  /** The most bytes that a process had. */
  public static OptionalLong peak(long pid) {
    return bytes(pid, PEAK);
  }

  /** Bytes that a process has. */
  public static OptionalLong now(long pid) {
    return bytes(pid, NOW);
  }

  private static OptionalLong bytes(long pid, String line) {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.isReadable(status)) {
      return OptionalLong.empty();
    }
    try {
      return Files.readAllLines(status).stream()
          .filter(l -> l.startsWith(line))
          .mapToLong(l -> KIB * Long.parseLong(l.substring(line.length()).replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException e) {
      // It ended in this moment.
      return OptionalLong.empty();
    }
  }
}
