package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.BlockWeights;
import dev.lora4j.core.mix.SiteWeights;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Block weights as people write them, on the layers of real families. */
class BlockWeightsTest {
  private static final SiteCatalogue SD = Families.named("sd15").sites();
  private static final SiteCatalogue XL = Families.named("sdxl").sites();

  private static final String IN01 = "unet.down_blocks.0.attentions.0.proj_in";
  private static final String IN04 = "unet.down_blocks.1.attentions.0.proj_in";
  private static final String MIDDLE = "unet.mid_block.attentions.0.proj_in";
  private static final String OUT05 = "unet.up_blocks.1.attentions.2.proj_in";
  private static final String TEXT = "text_encoder.text_model.encoder.layers.3.mlp.fc1";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "IN:0.5 | 0.5, 0.5, 1, 1, 1",
        "BASE:0 | 1, 1, 1, 1, 0",
        "M00:2 | 1, 1, 2, 1, 1",
        "M:2 | 1, 1, 2, 1, 1",
        "OUT03-05:-0.2 | 1, 1, 1, -0.2, 1",
        "OUT03-OUT04:0 | 1, 1, 1, 1, 1",
        "IN04-OUT05:0 | 1, 0, 0, 0, 1",
        "OUT05-M:0 | 1, 1, 0, 0, 1",
        "IN02-OUT00:0.5 | 1, 0.5, 0.5, 1, 1",
        "BASE-IN01:0 | 0, 1, 1, 1, 0",
        "IN:0,IN04:1 | 0, 1, 1, 1, 1",
        "IN04:1,IN:0 | 0, 0, 1, 1, 1",
        "0,.1,.2,.3,.4,.5,.6,.7,.8,.9,1,2,3,4,5,6,7 | 0.1, 0.3, 0.7, 1, 0",
      })
  void shares(String text, String expected) {
    SiteWeights shares = BlockWeights.of(text, SD);
    List<Double> found =
        List.of(
            shares.at(IN01), shares.at(IN04), shares.at(MIDDLE), shares.at(OUT05), shares.at(TEXT));
    assertEquals(List.of(expected.split(", ")).stream().map(Double::valueOf).toList(), found);
    assertEquals(text, shares.text());
  }

  /** As the extension fills a short list up: with 0, and what is in none of its blocks is left. */
  @Test
  void blocksThatAListLacksCountNothing() {
    SiteWeights short17 = BlockWeights.of(list(17), SD);
    assertEquals(0, short17.at("unet.conv_in"));
    assertEquals(0, short17.at("unet.down_blocks.0.downsamplers.0.conv"));
    assertEquals(0, short17.at("unet.up_blocks.0.resnets.0.conv1"));
    assertEquals(2, short17.at(IN01));
    assertEquals(1, short17.at("unet.time_embedding.linear_1"));
    assertEquals(1, short17.at("unet.conv_out"));
    SiteWeights short12 = BlockWeights.of(list(12), XL);
    assertEquals(0, short12.at("unet.down_blocks.0.resnets.0.conv1"));
    assertEquals(1, short12.at("unet.add_embedding.linear_1"));
    assertEquals(2, BlockWeights.of(list(20), XL).at("unet.down_blocks.0.resnets.0.conv1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "IN-05:0.2 | IN is several blocks",
        "IN05-OUT:0.2 | OUT is several blocks",
        "OUT03-12:0 | no block 'OUT03-12'",
        "S00-OUT05:0 | no block 'S00-OUT05'"
      })
  void invalidRangesAreRefusedWithTheirReason(String text, String told) {
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> BlockWeights.of(text, SD));
    assertTrue(String.valueOf(refused.getMessage()).contains(told), refused.getMessage());
  }

  /** A list that silently did nothing, because it had a number too few, is the known trap. */
  @Test
  void listsOfWrongLengthAreRefused() {
    for (int length : new int[] {17, 26}) {
      assertEquals(2, BlockWeights.of(list(length), SD).at(MIDDLE));
    }
    for (int length : new int[] {12, 20}) {
      assertEquals(2, BlockWeights.of(list(length), XL).at(MIDDLE));
    }
    for (int length : new int[] {1, 16, 18, 25}) {
      Exception refused =
          assertThrows(IllegalArgumentException.class, () -> BlockWeights.of(list(length), SD));
      assertTrue(String.valueOf(refused.getMessage()).contains("OUT11"), refused.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> BlockWeights.of(list(26), XL));
  }

  private static String list(int length) {
    return String.join(",", Collections.nCopies(length, "2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "IN", "IN:", "IN:x", "OUT12:1", "D00:1", "in:1", "IN 1", "IN:nan"})
  void unknownBlocksAndUnreadableWeightsAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> BlockWeights.of(text, SD), text);
  }

  @Test
  void otherFamiliesHaveTheirOwnBlocks() {
    SiteCatalogue flux = Families.named("flux").sites();
    SiteWeights shares = BlockWeights.of("D:0.5,S10-20:0", flux);
    assertEquals(0.5, shares.at("transformer.transformer_blocks.3.attn.to_q"));
    assertEquals(0, shares.at("transformer.single_transformer_blocks.15.proj_mlp"));
    assertEquals(1, shares.at("transformer.single_transformer_blocks.21.proj_mlp"));
    String numbers =
        IntStream.range(0, 61).mapToObj(Integer::toString).collect(Collectors.joining(","));
    SiteWeights list = BlockWeights.of(numbers, flux);
    assertEquals(2, list.at("transformer.x_embedder"));
    assertEquals(3, list.at("transformer.transformer_blocks.0.attn.to_q"));
    assertEquals(22, list.at("transformer.single_transformer_blocks.0.proj_mlp"));
    assertEquals(60, list.at("transformer.proj_out"));
    assertEquals(
        0,
        BlockWeights.of("D18-S00:0", flux).at("transformer.single_transformer_blocks.0.proj_mlp"));
  }
}
