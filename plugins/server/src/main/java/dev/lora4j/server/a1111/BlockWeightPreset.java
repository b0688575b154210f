package dev.lora4j.server.a1111;

import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.BlockWeights;
import dev.lora4j.core.mix.SiteWeights;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A preset of the A1111 extension LoRA Block Weight.
 *
 * @param list for the 17 blocks of Stable Diffusion 1 and 2
 * @param xl for XL, which the extension has no presets for: its lowest resolution is the deep half
 * @param groups for any other UNet; empty where the preset divides a way that can be of any depth
 */
record BlockWeightPreset(String list, String xl, String groups) {
  private static final int BLOCKS = 17;

  private static final Map<String, BlockWeightPreset> KNOWN =
      Map.ofEntries(
          Map.entry("NONE", whole("BASE:0,IN:0,M:0,OUT:0", "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0")),
          Map.entry("ALL", whole("BASE:1,IN:1,M:1,OUT:1", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1")),
          Map.entry(
              "ALL0.5",
              whole(
                  "BASE:0.5,IN:0.5,M:0.5,OUT:0.5",
                  ".5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5,.5")),
          Map.entry("INALL", whole("BASE:1,IN:1,M:0,OUT:0", "1,1,1,1,1,1,1,0,0,0,0,0,0,0,0,0,0")),
          Map.entry("OUTALL", whole("BASE:1,IN:0,M:0,OUT:1", "1,0,0,0,0,0,0,0,1,1,1,1,1,1,1,1,1")),
          Map.entry("INS", half("IN00-05:1", "1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0")),
          Map.entry("IND", half("IN06-08:1", "1,0,0,0,1,1,1,0,0,0,0,0,0,0,0,0,0")),
          Map.entry("MIDD", half("IN06-OUT02:1", "1,0,0,0,1,1,1,1,1,1,1,1,0,0,0,0,0")),
          Map.entry("OUTD", half("OUT00-02:1", "1,0,0,0,0,0,0,0,1,1,1,1,0,0,0,0,0")),
          Map.entry("OUTS", half("OUT03-08:1", "1,0,0,0,0,0,0,0,0,0,0,0,1,1,1,1,1")));

  private static BlockWeightPreset whole(String groups, String list) {
    return new BlockWeightPreset(list, groups, groups);
  }

  private static BlockWeightPreset half(String part, String list) {
    return new BlockWeightPreset(list, "BASE:1,IN:0,M:0,OUT:0," + part, "");
  }

  /** Names of all presets. */
  static SortedSet<String> names() {
    return new TreeSet<>(KNOWN.keySet());
  }

  /**
   * The shares at the sites of a base that a tag asks for.
   *
   * @param text a preset, or one number for each block of a list; empty for all of it everywhere
   * @throws IllegalArgumentException if it is neither, or not for this base
   */
  static SiteWeights shares(String text, SiteCatalogue sites) {
    if (text.isEmpty()) {
      return SiteWeights.ALL;
    }
    BlockWeightPreset preset = KNOWN.get(text);
    if (preset == null && !text.contains(",")) {
      throw A1111Problem.unusable(
          "lbw="
              + text
              + " is no preset; there are "
              + String.join(", ", names())
              + ", and lists with one number for each block.");
    }
    return BlockWeights.of(preset == null ? text : preset.of(text, new BlockNames(sites)), sites);
  }

  private String of(String name, BlockNames blocks) {
    List<String> down =
        blocks.all().stream()
            .filter(block -> block.part().numbered() && block.part().letters().equals("IN"))
            .map(BlockName::toString)
            .toList();
    boolean listed = down.size() == 12 && blocks.lists().containsKey(BLOCKS);
    String text = listed ? list : down.size() == 9 ? xl : groups;
    return Optional.of(text)
        .filter(t -> !t.isEmpty())
        .orElseThrow(
            () ->
                A1111Problem.unusable(
                    "lbw="
                        + name
                        + " is for the blocks of Stable Diffusion 1, 2 and XL; this base has others."
                        + " Use one of NONE, ALL, ALL0.5, INALL and OUTALL."));
  }
}
