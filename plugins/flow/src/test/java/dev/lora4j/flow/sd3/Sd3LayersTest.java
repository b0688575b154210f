package dev.lora4j.flow.sd3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The network at the published sizes has the layers that lora-diffusion knows by name and shape.
 */
class Sd3LayersTest {
  private static Map<String, Shape> layers(Sd3Transformer network) {
    Map<String, Shape> layers = new TreeMap<>();
    AdapterInputs recorder =
        graph ->
            (site, x, y) -> {
              layers.put(site.name(), site.weight());
              return y;
            };
    Network.walk(
        network.component(), DType.F32, StagedNetworks.denoiser(network, DType.F32, recorder));
    return layers;
  }

  private static void assertFamily(String family, Sd3Transformer network) {
    Map<String, Shape> known = new TreeMap<>();
    for (Site site : Families.named(family).sites().all()) {
      if (site.name().startsWith("transformer.")) {
        known.put(site.name(), site.weight());
      }
    }
    assertFalse(known.isEmpty(), family);
    assertEquals(known, layers(network), family);
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
