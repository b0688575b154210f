package dev.lora4j.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNamesTest {
  @ParameterizedTest
  @CsvSource({
    "imagess, images, true",
    "imagess, base, false",
    "genrate, generate, true",
    "sdlx, sdxl, true",
    "INK, ink, true",
    "guid, guidance, true",
    "loudness, tone, false",
    "nosuch, of, false",
    "ab, abcdefgh, false",
    "'', a, false",
  })
  void aThirdOfANameMayBeWrong(String name, String other, boolean near) {
    assertEquals(near, NearestNames.near(name, other));
    assertEquals(near, NearestNames.near(other, name));
  }

  @Test
  void theNearestComesFirst() {
    assertEquals(
        List.of("images", "image"),
        NearestNames.near("imagess", List.of("base", "image", "images", "lora"), 2));
    assertEquals(List.of(), NearestNames.near("base", List.of("images", "lora"), 2));
  }
}
