package dev.lora4j.diffusion.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import org.junit.jupiter.api.Test;

class FamiliesTest {
  @Test
  void familiesAreFoundByTheirNames() {
    for (Family family : Families.all()) {
      assertSame(family, Families.named(family.name()));
    }
  }

  @Test
  void unknownFamilyIsRefusedWithNearestName() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Families.named("sd1.5"));
    String message = refused.getMessage();
    assertTrue(message.contains("'sd1.5'. Did you mean sd15?"), message);
    for (Family family : Families.all()) {
      assertTrue(message.contains(family.name()), message);
    }
  }

  @Test
  void downsamplersHalveAndOtherConvolutionsKeepTheSize() {
    var sites = Families.named("sdxl").sites();
    var down = sites.find("unet.down_blocks.0.downsamplers.0.conv").orElseThrow();
    assertEquals(2, down.stride());
    assertEquals(1, down.padding());
    sites.all().stream()
        .filter(s -> s.convolution() && !s.name().contains(".downsamplers."))
        .forEach(
            s -> {
              assertEquals(1, s.stride(), s.name());
              assertEquals((s.weight().size(2) - 1) / 2, s.padding(), s.name());
            });
  }
}
