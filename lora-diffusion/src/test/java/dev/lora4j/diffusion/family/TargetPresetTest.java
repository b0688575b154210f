package dev.lora4j.diffusion.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.diffusion.family.stablediffusion.UNetTargets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Presets on the layers of published models. */
class TargetPresetTest {
  private static Collection<Site> sites(String family) {
    return Families.named(family).sites().all();
  }

  /**
   * Kohya's scripts train 192 and 722 layers of the UNet and 72 of a CLIP text encoder, diffusers'
   * 128, 560 and, of Stable Diffusion 3.5 Large, 303, LyCORIS's preset "full" 282 and 794; style is
   * kohya's 278 and 788 of LoCon without the 22 and 17 projections of the time.
   */
  @ParameterizedTest
  @CsvSource({
    "sd15, attention, 128",
    "sdxl, attention, 560",
    "sd15, attention-feed-forward, 192",
    "sd21, attention-feed-forward, 192",
    "sdxl, attention-feed-forward, 722",
    "sd15, linear, 184",
    "sdxl, linear, 743",
    "sd15, all, 282",
    "sdxl, all, 794",
    "sd15, style, 256",
    "sdxl, style, 771",
    "sd3, style, 285",
    "sd35m, style, 337",
    "sd35l, attention, 303",
    "sd15, b-lora-content, 8",
    "sd15, b-lora-style, 8",
    "sdxl, b-lora-content, 80",
    "sdxl, b-lora-style, 80",
    "sd15, text-encoders, 72",
    "sdxl, text-encoders, 264"
  })
  void countsOfLayers(String family, String preset, int count) {
    assertEquals(count, TargetPreset.named(preset).among(sites(family)).size());
  }

  /** The files of diffusers' scripts: 797,184 numbers of Stable Diffusion 1.5 at rank 4. */
  @ParameterizedTest
  @CsvSource({"sd15, 797184", "sdxl, 5806080"})
  void countsOfNumbersAtRankFour(String family, long elements) {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT.targets(TargetLayers.of(TargetPreset.ATTENTION)).rank(4, 4);
    assertEquals(elements, recipe.plan(sites(family)).elements());
  }

  @Test
  void bLoraIsTwoBlocks() {
    for (Map.Entry<TargetPreset, String> block :
        Map.of(
                UNetTargets.B_LORA_CONTENT, "unet.up_blocks.0.attentions.0.",
                UNetTargets.B_LORA_STYLE, "unet.up_blocks.0.attentions.1.")
            .entrySet()) {
      List<Site> found = block.getKey().among(sites("sdxl"));
      assertTrue(found.stream().allMatch(s -> s.name().startsWith(block.getValue())));
      assertTrue(found.stream().allMatch(s -> s.name().contains(".attn")));
    }
  }

  @Test
  void transformerDenoisersHaveAttentionPresets() {
    assertTrue(TargetPreset.ATTENTION.among(sites("sd3")).size() > 24 * 4);
    assertTrue(TargetPreset.ATTENTION_FEED_FORWARD.among(sites("flux")).size() > 19 * 8);
  }
}
