package dev.lora4j.mixers.steps;

import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.format.SiteCatalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Collectors;

/**
 * The presets of the A1111 extension LoRA Block Weight, as its program has them; its file {@code
 * lbwpresets.txt} leaves the text encoders, BASE, out of IND, MIDD, OUTD, OUTS and OUTALL. They are
 * written for 17 blocks, and so show where the deep half begins for 26 too. For XL, which the
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

  private static final String FLUX = "FLUXALL";
  private static final int FLUX_BLOCKS = 61;

  private BlockPresets() {}

  /**
   * A preset as block weights, {@code BASE:1,IN00:0} and so on.
   *
   * @param list 12, 17, 20, 26 or 61 blocks, of which those that it lacks count nothing, or 0 for
   *     all of the base
   * @return empty if there is no preset of this name
   * @throws IllegalArgumentException if it has no meaning for this base
   */
  static Optional<String> find(String name, int list, SiteCatalogue sites) {
    SortedSet<BlockName> all = new BlockNames(sites).all();
    if (name.equals(FLUX)) {
      return Optional.of(flux(all, list));
    }
    if (!BLOCKS.containsKey(name)) {
      return Optional.empty();
    }
    int down = (int) all.stream().filter(b -> numbered(b, "IN")).count();
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
    List<String> weights = new ArrayList<>();
    for (BlockName block : all) {
      String text = block.toString();
      boolean rows = block.part().numbered() || block.part().letters().equals("BASE");
      if (rows) {
        boolean counts = has(list, block, first) && wanted.contains(group(text, first));
        weights.add(text + ":" + (counts ? share : "0"));
      }
    }
    return Optional.of(String.join(",", weights));
  }

  private static String flux(SortedSet<BlockName> all, int list) {
    boolean fits = all.stream().anyMatch(b -> numbered(b, "S"));
    if (!fits || (list != 0 && list != FLUX_BLOCKS)) {
      throw new IllegalArgumentException(
          FLUX
              + " is for FLUX and its list of "
              + FLUX_BLOCKS
              + " blocks; this base has "
              + all
              + (list == 0 ? "" : ", and the list is of " + list));
    }
    return all.stream().map(block -> block + ":1").collect(Collectors.joining(","));
  }

  /**
   * True if a list has a block.
   *
   * @param first whether the base is Stable Diffusion 1 or 2, not XL
   */
  private static boolean has(int list, BlockName block, boolean first) {
    boolean all = list == 0 || list == 20 || list == 26;
    int number = block.number();
    if (numbered(block, "IN")) {
      return all || (first ? List.of(1, 2, 4, 5, 7, 8) : List.of(4, 5, 7, 8)).contains(number);
    }
    return !numbered(block, "OUT") || all || (first ? number >= 3 : number <= 5);
  }

  private static boolean numbered(BlockName block, String letters) {
    return block.part().numbered() && block.part().letters().equals(letters);
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
