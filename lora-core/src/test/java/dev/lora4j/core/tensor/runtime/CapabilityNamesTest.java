package dev.lora4j.core.tensor.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class CapabilityNamesTest {
  @Test
  void unknownNameIsRefusedWithTheKnownNames() {
    assertEquals(Optional.empty(), Capabilities.named(""));
    assertEquals(Optional.of(Capabilities.AVX512_BF16), Capabilities.named(" AVX512-bf16"));
    CapabilitiesException refused =
        assertThrows(CapabilitiesException.class, () -> Capabilities.named("avx"));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("none, sse4, avx2, avx512, avx512-bf16"), message);
  }

  @Test
  void unknownNameIsAnObstacleWithARemedy() {
    EngineObstacle obstacle = Capabilities.obstacle("avx9").orElseThrow();
    assertEquals("Set it to one of these, or unset it.", obstacle.remedy());
    assertEquals(Optional.empty(), Capabilities.obstacle(" "));
    assertEquals(Optional.empty(), Capabilities.obstacle("avx2"));
  }
}
