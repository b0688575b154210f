package dev.lora4j.flow.zimage;

import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.flow.FullSizeBlocks;
import dev.lora4j.flow.layer.AxialRotary;
import dev.lora4j.flow.layer.Contexts;
import dev.lora4j.flow.layer.Streams;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A block at the published size, with weights that are formulas, against diffusers. */
@Tag("slow")
class FullSizeZImageBlockTest {
  private static final int HEADS = 30;
  private static final int WIDTH = 128 * HEADS;
  private static final Dim SIDE = Dim.of(FullSizeBlocks.SIDE);

  @Test
  void blocksAreThoseOfDiffusers() {
    FullSizeBlocks.assertBlock(
        "zimage",
        WIDTH,
        true,
        (at, x, time) -> {
          Dim words = x.words().dim(1);
          Dim places = x.picture().dim(1);
          Expr length =
              Constants.full(at.graph(), DType.I64, (double) words.known(), Dim.of(1), Dim.of(1));
          AxialRotary rotary = new AxialRotary(List.of(32, 48, 48), 256);
          Positions positions =
              new Positions(rotary, new Captions(length, length, words), SIDE, SIDE);
          SharedAttention attention =
              new SharedAttention(
                  HEADS,
                  true,
                  positions.all(),
                  Attention.PLAIN,
                  new Contexts(Optional.empty()),
                  places);
          Expr told = time.narrow(1, Dim.of(0), Dim.of(256));
          Expr made =
              new SandwichBlock(10_240, 1e-5)
                  .apply(at, x.words().cat(1, x.picture()), Optional.of(told), attention);
          return new Streams(made.narrow(1, words, places), made.narrow(1, Dim.of(0), words));
        });
  }
}
