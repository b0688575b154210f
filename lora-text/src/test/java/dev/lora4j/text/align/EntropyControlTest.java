package dev.lora4j.text.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.text.align.EntropyControl.State;
import org.junit.jupiter.api.Test;

class EntropyControlTest {
  @Test
  void coefficientFollowsTheEntropyWithinItsBounds() {
    EntropyControl control = new EntropyControl(2, 0.25, -0.25, 0.5);
    State now = State.first(0.25);
    assertEquals(0, control.applied(now), "nothing is known before the first step");
    now = control.after(now, 2);
    assertEquals(new State(0.5, 2), now);
    assertEquals(0.5, control.applied(now));
    assertEquals(0.5, control.after(now, 1).coefficient());
    now = control.after(now, 2.5);
    assertEquals(new State(0.25, 2.5), now);
    assertEquals(0, control.applied(now), "above the target");
    now = control.after(control.after(now, 3), 3);
    assertEquals(-0.25, control.after(now, 3).coefficient());
    assertEquals(-0.25, control.after(control.after(now, 3), Double.NaN).coefficient());
  }

  @Test
  void numbersThatControlNothingAreRefused() {
    assertRefused(() -> EntropyControl.of(Double.NaN), "number of nats");
    assertRefused(() -> new EntropyControl(1, -1, 0, 1), "0 or above");
    assertRefused(() -> new EntropyControl(1, 0.1, 1, 0), "from min to max, found 1.0 to 0.0");
    assertRefused(() -> new EntropyControl(1, 0.1, Double.NaN, 1), "from min to max");
  }

  private static void assertRefused(Runnable made, String words) {
    String told =
        String.valueOf(assertThrows(IllegalArgumentException.class, made::run).getMessage());
    assertTrue(told.contains(words), told);
  }
}
