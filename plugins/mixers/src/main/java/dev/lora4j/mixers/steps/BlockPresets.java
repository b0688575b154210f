package dev.lora4j.mixers.steps;

import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.format.SiteCatalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The presets of the A1111 extension LoRA Block Weight, as its program has them; its file {@code
 * lbwpresets.txt} leaves the text encoders, BASE, out of IND, MIDD, OUTD, OUTS and OUTALL. They are
 * written for 17 blocks, and so say where the deep half begins for 26 too. For XL, which the
 * extension has none for, the deep half is the lowest resolution.
 */
final class BlockPresets {
  /** Blocks of each preset but ALL0.5: text encoders, way down shallow and deep, middle, way up. */
  private static final Map<String, String> BLOCKS =
      Map.ofEntries(
          Map.entry("NONE", ""),
          Map.entry("ALL", "BASE INS IND M00 OUTD OUTS"),
          Map.entry("ALL0.5", "BASE INS IND M00 OUTD OUTS"),
          Map.entry("INS", "BASE INS"),
          Map.entry("IND", "BASE IND"),
          Map.entry("INALL", "BASE INS IND"),
          Map.entry("MIDD", "BASE IND M00 OUTD"),
          Map.entry("OUTD", "BASE OUTD"),
          Map.entry("OUTS", "BASE OUTS"),
          Map.entry("OUTALL", "BASE OUTD OUTS"));

  private BlockPresets() {}

  /**
   * A preset as block weights, {@code BASE:1,IN00:0} and so on.
   *
   * @param list 12, 17, 20 or 26 blocks, or 0 for all of the base
   * @return empty if there is no preset of this name
   * @throws IllegalArgumentException if it has no meaning for this base
   */
  static Optional<String> find(String name, int list, SiteCatalogue sites) {
    if (!BLOCKS.containsKey(name)) {
      return Optional.empty();
    }
    int down =
        (int)
            new BlockNames(sites)
                .all().stream().filter(b -> b.part() == BlockName.Part.DOWN).count();
    boolean first = down == 12;
    boolean xl = down == 9;
    boolean fits = list == 0 || (list == 17 || list == 26) == first;
    if (!(first || xl) || !fits) {
      throw new IllegalArgumentException(
          name
              + " is known for the 12 blocks down of Stable Diffusion 1 and 2 (lists of 17 and 26)"
              + " and the 9 of XL (12 and 20); this base has "
              + down
              + (list == 0 ? "" : ", and the list is of " + list)
              + ". Name its blocks one by one, BLOCK:SHARE");
    }
    List<String> wanted = List.of(BLOCKS.getOrDefault(name, "").split(" ", -1));
    String share = name.equals("ALL0.5") ? "0.5" : "1";
    return Optional.of(
        blocks(list, first).stream()
            .map(b -> b + ":" + (wanted.contains(group(b, first)) ? share : "0"))
            .collect(Collectors.joining(",")));
  }

  /**
   * The blocks of a list.
   *
   * @param first whether the base is Stable Diffusion 1 or 2, not XL
   */
  private static List<String> blocks(int list, boolean first) {
    boolean all = list == 0 || list == 20 || list == 26;
    List<Integer> attentionDown = first ? List.of(1, 2, 4, 5, 7, 8) : List.of(4, 5, 7, 8);
    List<String> blocks = new ArrayList<>(List.of("BASE", "M00"));
    for (int i = 0; i < (first ? 12 : 9); i++) {
      if (all || attentionDown.contains(i)) {
        blocks.add(String.format(Locale.ROOT, "IN%02d", i));
      }
      boolean attentionUp = first ? i >= 3 : i <= 5;
      if (all || attentionUp) {
        blocks.add(String.format(Locale.ROOT, "OUT%02d", i));
      }
    }
    return blocks;
  }

  /** BASE, M00, or which half of the way down or up. */
  private static String group(String block, boolean first) {
    if (block.equals("BASE") || block.equals("M00")) {
      return block;
    }
    int number = Integer.parseInt(block.substring(block.length() - 2));
    if (block.startsWith("IN")) {
      return number >= (first ? 5 : 6) ? "IND" : "INS";
    }
    return number < (first ? 7 : 3) ? "OUTD" : "OUTS";
  }
}
