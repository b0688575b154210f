package dev.lora4j.flow.sd3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.flow.StagedLayers;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The network at the published sizes has the layers that lora-diffusion knows by name and shape.
 */
class Sd3LayersTest {
  private static void assertFamily(String family, Sd3Transformer network) {
    Map<String, Shape> known = StagedLayers.known(family);
    assertFalse(known.isEmpty(), family);
    assertEquals(known, StagedLayers.of(network), family);
  }

  @Test
  void medium() {
    assertFamily("sd3", Sd3Configs.published(24, 192, false, "[]"));
  }

  @Test
  void mediumOf35() {
    assertFamily(
        "sd35m", Sd3Configs.published(24, 384, true, "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]"));
  }

  @Test
  void largeOf35() {
    assertFamily("sd35l", Sd3Configs.published(38, 192, true, "[]"));
  }
}
