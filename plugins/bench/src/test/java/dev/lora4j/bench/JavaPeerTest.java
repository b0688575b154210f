package dev.lora4j.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.bench.chain.DjlChain;
import dev.lora4j.cli.console.Failure;
import org.junit.jupiter.api.Test;

class JavaPeerTest {
  private static Contender start(String links) {
    return PeerProcess.start(JavaPeer.command(DjlChain.class, links, 2), 2);
  }

  @Test
  void peerProcessComputesTheSame() {
    try (Contender there = start("3");
        DjlChain here = new DjlChain("3")) {
      assertEquals(here.name(), there.name());
      assertArrayEquals(here.check(), there.check(), 1e-6);
      assertEquals(4, there.run(4).length);
    }
  }

  @Test
  void peerThatFailsToStartReportsWhy() {
    Failure e = assertThrows(Failure.class, () -> start("three"));
    assertTrue(e.getMessage().contains("For input string: \"three\""), e.getMessage());
  }
}
