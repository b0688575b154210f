package dev.lora4j.mixers.steps;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.BlockWeights;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Block weights of each adapter, in the words of the A1111 extension LoRA Block Weight: its
 * presets, its lists of numbers, or blocks by name.
 */
@Extension(
    point = Mixer.class,
    name = "lbw",
    help = "How much of each adapter counts in which block (LoRA Block Weight).")
public record BlockMixer(
    @Setting(
            help =
                "Of each adapter, NAME=INALL, NAME=1,0,0.5,... or NAME=BASE:0,IN:0.5,OUT03-05:0.2;"
                    + " without names one for all, or one for each.")
        List<String> blocks,
    @Setting(
            help =
                "Blocks that presets are for, 12 or 20 of XL, 17 or 26 of others, 61 of FLUX; 0 for"
                    + " all.",
            defaultValue = "0",
            min = 0,
            max = 61)
        int list)
    implements WeightMixer {
  private static final List<Integer> LISTS = List.of(0, 12, 17, 20, 26, 61);

  /** Copies the list, and refuses lists that nobody has. */
  public BlockMixer {
    blocks = List.copyOf(blocks);
    if (!LISTS.contains(list)) {
      throw new IllegalArgumentException("list takes one of " + LISTS + ", found " + list);
    }
  }

  @Override
  public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
    List<Optional<String>> said = PerAdapterList.of("blocks", blocks, asked);
    List<MixPlan.Part> parts = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      MixPlan.Part part = asked.parts().get(i);
      if (said.get(i).isPresent() && !part.shares().all()) {
        throw new IllegalArgumentException(
            "lbw cannot weigh the blocks of "
                + part.adapter().name()
                + ", which has block weights already: "
                + part.shares().text());
      }
      parts.add(said.get(i).map(text -> part.shares(shares(text, sites))).orElse(part));
    }
    return asked.parts(parts);
  }

  private SiteWeights shares(String text, SiteCatalogue sites) {
    String blocks = BlockPresets.find(text, list, sites).orElse(text);
    return new SiteWeights(text, BlockWeights.of(blocks, sites).bySite());
  }
}
