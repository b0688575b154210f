package dev.lora4j.bench.busy;

import java.nio.file.Files;
import java.nio.file.Path;

/** A process that starts others, writes the number of one into a file, and waits to be killed. */
final class BusyParent {
  private BusyParent() {}

  public static void main(String... arguments) throws Exception {
    try (OtherPrograms programs = OtherPrograms.start(1)) {
      Path file = Path.of(arguments[0]);
      Path whole = file.resolveSibling("number");
      Files.writeString(whole, Long.toString(programs.handles().get(0).pid()));
      Files.move(whole, file);
      Thread.sleep(Long.MAX_VALUE);
    }
  }
}
