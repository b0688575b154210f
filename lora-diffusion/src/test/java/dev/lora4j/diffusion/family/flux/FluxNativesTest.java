package dev.lora4j.diffusion.family.flux;

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
class FluxNativesTest {
  private static Set<NativeName> transformer(List<NativeName> all) {
    return all.stream()
        .filter(name -> name.site().startsWith("transformer."))
        .collect(Collectors.toSet());
  }

  @Test
  void thoseOfThePublishedSizeAreThePublishedOnes() {
    Family family = Families.named("flux");
    Set<NativeName> expected = transformer(family.natives());
    assertFalse(expected.isEmpty());
    assertEquals(expected, Set.copyOf(new Flux().natives(family.sites())));
  }

  @Test
  void layersThatAreNotThereHaveNone() {
    SiteCatalogue schnell =
        new SiteCatalogue(
            Families.named("flux").sites().all().stream()
                .filter(site -> !site.name().contains("guidance_embedder"))
                .toList());
    List<NativeName> names = new Flux().natives(schnell);
    assertFalse(names.isEmpty());
    assertEquals(List.of(), names.stream().filter(n -> n.site().contains("guidance")).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd15", "sdxl", "sd3", "sd35m"})
  void othersHaveNone(String name) {
    assertEquals(List.of(), new Flux().natives(Families.named(name).sites()));
  }
}
