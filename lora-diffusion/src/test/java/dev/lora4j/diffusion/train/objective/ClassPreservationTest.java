package dev.lora4j.diffusion.train.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Captions of a class: what stands in the place of triggers. */
class ClassPreservationTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ink style, a fox | a fox | drawing, a fox",
        "a fox, ink style | a fox | a fox, drawing",
        "red, Ink Style, a fox | red, a fox | red, drawing, a fox",
        "a fox in ink style | a fox in | a fox in drawing",
        "ink style | '' | drawing",
        "an ink stylet, a fox | an ink stylet, a fox | an ink stylet, a fox",
        "zkw and ink style, a fox | and a fox | drawing and drawing, a fox",
        "a fox, | a fox, | a fox,"
      })
  void triggersAreReplaced(String caption, String without, String replaced) {
    List<String> triggers = List.of("zkw", "ink style");
    assertEquals(without, new ClassPreservation(triggers, "", 1).caption(caption));
    assertEquals(replaced, new ClassPreservation(triggers, "drawing", 1).caption(caption));
  }

  @Test
  void longerTriggersAreLookedForFirst() {
    ClassPreservation how = new ClassPreservation(List.of("ink", "ink style", " "), "", 1);
    assertEquals(List.of("ink style", "ink"), how.triggers());
    assertEquals("a fox", how.caption("ink style, a fox"));
    assertTrue(how.calledBy("INK fox"));
    assertFalse(how.calledBy("pink fox"));
  }

  @Test
  void nothingToTellApartIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new ClassPreservation(List.of(" "), "fox", 1));
    assertThrows(
        IllegalArgumentException.class, () -> new ClassPreservation(List.of("zkw"), "fox", 0));
  }
}
