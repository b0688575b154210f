package dev.lora4j.diffusion.family.sd3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.SiteCatalogue;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Native names of transformers of any size, found by the layers that are there. */
class Sd3NativesTest {
  private static Set<NativeName> transformer(List<NativeName> all) {
    return all.stream()
        .filter(name -> name.site().startsWith("transformer."))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd3", "sd35m", "sd35l"})
  void thoseOfThePublishedSizesAreThePublishedOnes(String name) {
    Family family = Families.named(name);
    Set<NativeName> expected = transformer(family.natives());
    assertFalse(expected.isEmpty());
    assertEquals(expected, Set.copyOf(new StableDiffusion3().natives(family.sites())));
  }

  @Test
  void layersThatAreNotThereHaveNone() {
    SiteCatalogue some =
        new SiteCatalogue(
            Families.named("sd35m").sites().all().stream()
                .filter(site -> !site.name().contains(".ff"))
                .toList());
    List<NativeName> names = new StableDiffusion3().natives(some);
    assertFalse(names.isEmpty());
    assertEquals(List.of(), names.stream().filter(n -> n.site().contains(".ff")).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd15", "sdxl", "flux"})
  void othersHaveNone(String name) {
    assertEquals(List.of(), new StableDiffusion3().natives(Families.named(name).sites()));
  }
}
