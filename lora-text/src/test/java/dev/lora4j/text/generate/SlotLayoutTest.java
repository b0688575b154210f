package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SlotLayoutTest {
  private static List<SlotLayout> layout(List<int[]> before, int... joining) {
    return SlotLayout.of(before, joining);
  }

  @Test
  void lastRowsFillHoles() {
    List<SlotLayout> layout = layout(List.of(new int[] {0, 2, 3, 5}), 2);
    assertEquals(0, layout.get(0).begin());
    assertArrayEquals(new int[] {0, 2, 3, 1}, SlotLayout.slots(layout));
  }

  @Test
  void groupsStandSideBySide() {
    List<SlotLayout> layout =
        layout(
            List.of(new int[] {1}, new int[] {2, 3, 4}, new int[] {}, new int[] {5}), 0, 1, 2, 0);
    assertArrayEquals(new int[] {0, 2, 3, 1, 7}, SlotLayout.slots(layout));
    assertArrayEquals(
        new int[] {0, 1, 5, 7}, layout.stream().mapToInt(SlotLayout::begin).toArray());
  }

  @Test
  void rowsWithoutChangesStay() {
    List<SlotLayout> layout = layout(List.of(new int[] {2, 0, 1}, new int[] {4, 3}), 0, 0);
    assertArrayEquals(new int[] {2, 0, 1, 4, 3}, SlotLayout.slots(layout));
  }
}
