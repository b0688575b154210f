package dev.lora4j.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.console.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class PeerProcessTest {
  private static PeerProcess start(String... faults) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(PretendedPeer.class.getName());
    command.addAll(List.of(faults));
    return PeerProcess.start(command, 3);
  }

  @Test
  void peerAnswersNameCheckAndRun() {
    try (PeerProcess peer = start()) {
      assertEquals("pretended 3", peer.name());
      assertArrayEquals(new double[] {0.5, Double.NaN}, peer.check());
      assertArrayEquals(new double[] {0.25, 0.25, 0.25}, peer.run(3));
      assertArrayEquals(new double[0], peer.run(0));
    }
  }

  @Test
  void peerFailuresAreReported() {
    assertTold("with exit code 3. It said: first word | last word", "dies");
    assertTold("The peer has no torch.", "unable");
    assertTold("answered its start with 'Welcome!'; one JSON object", "chatters");
    assertTold("answered {\"values\":\"none\"}, in which 'values' was expected", "mistakes");
    assertTold("was asked for 2 units and timed 1", "skips");
    assertTold("ended without an answer to 'run 2', with exit code 0.", "leaves");
  }

  private static void assertTold(String told, String fault) {
    Failure thrown =
        assertThrows(
            Failure.class,
            () -> {
              try (PeerProcess peer = start(fault)) {
                peer.check();
                peer.run(2);
              }
            });
    assertTrue(thrown.getMessage().contains(told), thrown.getMessage());
  }

  @Test
  void anInterruptEndsTheWait() {
    try (PeerProcess peer = start()) {
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, peer::check);
      assertTrue(Thread.interrupted());
    }
  }
}
