package dev.lora4j.flow.sd3;

import dev.lora4j.flow.FullSizeBlocks;
import dev.lora4j.flow.layer.Contexts;
import dev.lora4j.flow.layer.JointAttention;
import dev.lora4j.flow.layer.JointBlock;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks at the published sizes, with weights that are formulas, against diffusers. */
@Tag("slow")
class FullSizeBlockTest {
  @ParameterizedTest
  @CsvSource({
    "sd3, 24, false, false, false",
    "sd35m, 24, true, true, false",
    "sd35m-last, 24, true, false, true",
    "sd35l, 38, true, false, false"
  })
  void blocksAreThoseOfDiffusers(
      String name, int heads, boolean normed, boolean twice, boolean last) {
    JointBlock block = new JointBlock(new JointAttention(heads, normed), twice, last);
    Contexts one = new Contexts(Optional.empty());
    FullSizeBlocks.assertBlock(
        name, 64 * heads, !last, (at, x, time) -> block.apply(at, x, time.silu(), one));
  }
}
