package dev.lora4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void quartilesAreNumPys() {
    assertEquals(new Spread(7, 7, 7), Spread.of(7));
    assertEquals(new Spread(1.25, 1.5, 1.75), Spread.of(2, 1));
    assertEquals(new Spread(2, 3, 4), Spread.of(5, 3, 1, 2, 4));
    // numpy.percentile([9, 1, 4, 16], [25, 50, 75])
    assertEquals(new Spread(3.25, 6.5, 10.75), Spread.of(9, 1, 4, 16));
    assertThrows(IllegalArgumentException.class, Spread::of);
  }

  @Test
  void aTargetHasADirection() {
    assertTrue(Target.atMost(0.5).met(0.5));
    assertFalse(Target.atMost(0.5).met(0.51));
    assertTrue(Target.atLeast(0.9).met(0.95));
    assertFalse(Target.atLeast(0.9).met(0.89));
    assertFalse(Target.atLeast(0.9).met(Double.NaN));
    assertTrue(Target.NONE.met(1e9));
    assertEquals("at least 0.9", Target.atLeast(0.9).text());
    assertEquals("", Target.NONE.text());
  }

  @Test
  void aBusyMachineIsNoticed() {
    assertTrue(Steadiness.warning(5, 5.1, 5.2, 5.1, 5).isEmpty());
    assertTrue(Steadiness.warning(5, 5.1, 9, 5.1, 5).isEmpty(), "one accident");
    String warning = Steadiness.warning(5, 8, 9, 5.1, 7).orElseThrow();
    assertTrue(warning.contains("between 5.0 and 9.0 ms"), warning);
    assertTrue(Steadiness.warning(5).isEmpty());
  }
}
