package dev.lora4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.console.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LaunchTest {
  /** Prints its argument. */
  static final class Echo {
    private Echo() {}

    public static void main(String... arguments) {
      System.out.println(arguments[0]);
    }
  }

  private static Launch launch(String line) {
    return new Launch("echo", JavaPeer.java(Echo.class, 1, "ready"), 1, line, PeerEnvironment.OURS);
  }

  @Test
  void endsWithTheLine() {
    double[] seconds = launch("ready").run(2);
    assertEquals(2, seconds.length);
    assertTrue(seconds[0] > 0);
  }

  @Test
  void programWithoutTheReadyLineIsNamed() {
    Launch launch = launch("something else");
    String message = assertThrows(Failure.class, launch::check).getMessage();
    assertTrue(message.contains("ended without the line 'something else'"), message);
  }

  @Test
  void missingProgramIsNamed() {
    Launch launch =
        new Launch("nobody", List.of("/no/such/program"), 1, "ready", PeerEnvironment.THEIRS);
    assertTrue(
        assertThrows(Failure.class, launch::check).getMessage().contains("nobody cannot be"));
  }

  @Test
  void peakProcessMemoryIsKnownOnLinux() {
    OptionalLong peak = ResidentMemory.peak(ProcessHandle.current().pid());
    boolean linux = Files.exists(Path.of("/proc/self/status"));
    assertEquals(linux, peak.isPresent());
    assertTrue(!linux || peak.getAsLong() > 20L << 20, "bytes: " + peak);
    assertTrue(ResidentMemory.peak(Long.MAX_VALUE).isEmpty());
  }
}
