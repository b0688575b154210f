package dev.lora4j.diffusion.family;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockNamesTest {
  private static final Pattern NUMBERED =
      Pattern.compile("diffusion_model\\.(input_blocks|middle_block|output_blocks)\\.(\\d+).*");

  /** The numbers in block names are those of the original layout. */
  @ParameterizedTest
  @ValueSource(strings = {"sd15", "sd21", "sdxl", "sdxl-refiner"})
  void unetBlocksAreNumberedAsInOriginalLayout(String name) {
    Family family = Families.named(name);
    BlockNames blocks = new BlockNames(family.sites());
    for (NativeName layer : family.natives()) {
      Matcher m = NUMBERED.matcher(layer.path());
      if (m.matches()) {
        String expected =
            switch (m.group(1)) {
              case "input_blocks" -> String.format("IN%02d", Integer.parseInt(m.group(2)));
              case "middle_block" -> "M00";
              default -> String.format("OUT%02d", Integer.parseInt(m.group(2)));
            };
        assertEquals(expected, blocks.of(layer.site()).orElseThrow().toString(), layer.site());
      }
    }
  }

  /** The lists of block weights of the A1111 extension, for LoRA and for convolutions too. */
  @ParameterizedTest
  @CsvSource({
    "sd15, .*\\.attentions\\..*|text_encoder.*,"
        + " BASE IN01 IN02 IN04 IN05 IN07 IN08 M00"
        + " OUT03 OUT04 OUT05 OUT06 OUT07 OUT08 OUT09 OUT10 OUT11",
    "sdxl, .*\\.attentions\\..*|text_encoder.*,"
        + " BASE IN04 IN05 IN07 IN08 M00 OUT00 OUT01 OUT02 OUT03 OUT04 OUT05",
    "sdxl, unet\\.(.*_blocks?\\..*|conv_in)|text_encoder.*,"
        + " BASE IN00 IN01 IN02 IN03 IN04 IN05 IN06 IN07 IN08 M00"
        + " OUT00 OUT01 OUT02 OUT03 OUT04 OUT05 OUT06 OUT07 OUT08"
  })
  void listsOfBlockWeights(String family, String sites, String expected) {
    assertEquals(expected, blocks(family, s -> s.matches(sites)));
  }

  @Test
  void fluxHas61Blocks() {
    String all = blocks("flux", s -> true);
    List<String> names = List.of(all.split(" "));
    assertEquals(61, names.size());
    assertEquals(List.of("CLIP", "T5", "IN", "D00", "D01"), names.subList(0, 5));
    assertEquals(List.of("D18", "S00"), names.subList(21, 23));
    assertEquals(List.of("S37", "OUT"), names.subList(59, 61));
  }

  @ParameterizedTest
  @CsvSource({"sd3, J23", "sd35l, J37"})
  void stableDiffusion3HasJointBlocks(String family, String last) {
    String all = blocks(family, s -> true);
    assertEquals("CLIP T5 IN J00", all.substring(0, 14));
    assertEquals(last + " OUT", all.substring(all.length() - 7));
  }

  @ParameterizedTest
  @CsvSource({
    "sd15, unet.conv_in, IN00",
    "sd15, unet.time_embedding.linear_1, IN",
    "sdxl, unet.add_embedding.linear_2, IN",
    "sd15, unet.conv_out, OUT",
    "flux, transformer.proj_out, OUT",
    "flux, transformer.single_transformer_blocks.7.proj_out, S07",
    "flux, transformer.time_text_embed.guidance_embedder.linear_1, IN",
    "flux, text_encoder_2.encoder.final_layer_norm, T5",
    "sd3, text_encoder_2.text_projection, CLIP"
  })
  void layersOutsideBlockRowsHaveABlock(String family, String site, String block) {
    BlockNames blocks = new BlockNames(Families.named(family).sites());
    assertEquals(block, blocks.of(site).orElseThrow().toString());
  }

  /** A level of the way down of a UNet may have any number of residual blocks. */
  @Test
  void otherUnetsAreNumberedByTheirOwnLevels() {
    BlockNames blocks =
        new BlockNames(
            catalogue(
                "unet.down_blocks.0.resnets.0.conv1",
                "unet.down_blocks.0.downsamplers.0.conv",
                "unet.down_blocks.1.resnets.0.conv1",
                "unet.up_blocks.1.resnets.1.conv1"));
    assertEquals("[IN01, IN02, IN03, OUT03]", blocks.all().toString());
  }

  @Test
  void languageModelsHaveNumberedLayers() {
    SiteCatalogue sites =
        new SiteCatalogue(
            List.of(
                Site.embedding("transformer.wte", 10, 4),
                Site.linear("transformer.h.11.attn.c_attn", Shape.of(12, 4), true),
                Site.norm("transformer.h.2.ln_1", 4),
                Site.norm("transformer.ln_f", 4)));
    BlockNames blocks = new BlockNames(sites);
    assertEquals("[IN, L02, L11, OUT]", blocks.all().toString());
    assertEquals(Optional.empty(), blocks.of("transformer.h.3"));
  }

  private static SiteCatalogue catalogue(String... names) {
    return new SiteCatalogue(
        List.of(names).stream().map(n -> Site.linear(n, Shape.of(2, 2), true)).toList());
  }

  private static String blocks(String family, Predicate<String> wanted) {
    SiteCatalogue sites = Families.named(family).sites();
    BlockNames blocks = new BlockNames(sites);
    return sites.all().stream()
        .map(Site::name)
        .filter(wanted)
        .map(s -> blocks.of(s).orElseThrow())
        .distinct()
        .sorted()
        .map(BlockName::toString)
        .collect(Collectors.joining(" "));
  }
}
