package dev.lora4j.core.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class BlockTest {
  @Test
  void blocksEndWithTheirNumber() {
    assertEquals("unet.down_blocks.1", Block.of("unet.down_blocks.1.attentions.0.proj_in"));
    assertEquals("unet.mid_block", Block.of("unet.mid_block.resnets.0.conv1"));
    assertEquals("unet", Block.of("unet.conv_in"));
    assertEquals(
        "text_encoder.text_model.encoder.layers.11",
        Block.of("text_encoder.text_model.encoder.layers.11.mlp.fc1"));
    assertEquals(
        "transformer.single_transformer_blocks.7",
        Block.of("transformer.single_transformer_blocks.7.attn.to_q"));
  }

  @Test
  void numbersAreInOrder() {
    List<String> blocks = List.of("b.10", "b.9", "a.2", "b");
    assertEquals(List.of("a.2", "b", "b.9", "b.10"), blocks.stream().sorted(Block.ORDER).toList());
  }
}
