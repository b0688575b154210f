package dev.lora4j.text.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * New slots of a group of rows, side by side so that a program computes them without a copy: first
 * those that are in slots already, then those that join.
 *
 * @param begin slot of the first
 * @param slots of the rows that were in slots before, in their order
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SlotLayout(int begin, int[] slots) {
  /**
   * Lays groups out one behind the other. Rows that can stay in their slots do.
   *
   * @param before for each group, the slots that its rows are in
   * @param joining for each group, how many join
   */
  static List<SlotLayout> of(List<int[]> before, int[] joining) {
    List<SlotLayout> all = new ArrayList<>();
    int begin = 0;
    for (int group = 0; group < joining.length; group++) {
      int[] slots = before.get(group).clone();
      int end = begin + slots.length;
      boolean[] taken = new boolean[slots.length];
      for (int slot : slots) {
        if (slot >= begin && slot < end) {
          taken[slot - begin] = true;
        }
      }
      int free = 0;
      for (int i = 0; i < slots.length; i++) {
        if (slots[i] < begin || slots[i] >= end) {
          while (taken[free]) {
            free++;
          }
          slots[i] = begin + free++;
        }
      }
      all.add(new SlotLayout(begin, slots));
      begin = end + joining[group];
    }
    return all;
  }

  /** Slots in which rows of a layout are that were there before. */
  static int[] slots(List<SlotLayout> layout) {
    return layout.stream().flatMapToInt(l -> Arrays.stream(l.slots)).toArray();
  }
}
