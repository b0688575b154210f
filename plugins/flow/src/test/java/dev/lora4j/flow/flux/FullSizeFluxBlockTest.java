package dev.lora4j.flow.flux;

import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.flow.FullSizeBlocks;
import dev.lora4j.flow.layer.AxialRotary;
import dev.lora4j.flow.layer.Contexts;
import dev.lora4j.flow.layer.JointAttention;
import dev.lora4j.flow.layer.JointBlock;
import dev.lora4j.flow.layer.Streams;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Blocks at the published sizes, with weights that are formulas, against diffusers. */
@Tag("slow")
class FullSizeFluxBlockTest {
  private static final int HEADS = 24;
  private static final int WIDTH = 128 * HEADS;
  private static final Contexts ONE = new Contexts(Optional.empty());
  private static final Dim SIDE = Dim.of(FullSizeBlocks.SIDE);

  private static JointAttention attention(Graph graph) {
    AxialRotary positions = new AxialRotary(List.of(16, 56, 56), 10_000);
    return new JointAttention(HEADS, true, Optional.of(positions.grid(graph, SIDE, SIDE)));
  }

  @Test
  void blocksOfTwoStreamsAreThoseOfDiffusers() {
    FullSizeBlocks.assertBlock(
        "flux",
        WIDTH,
        true,
        (at, x, time) ->
            new JointBlock(attention(at.graph()), false, false).apply(at, x, time.silu(), ONE));
  }

  @Test
  void blocksOfOneStreamAreThoseOfDiffusers() {
    FullSizeBlocks.assertBlock(
        "flux-single",
        WIDTH,
        true,
        (at, x, time) -> {
          Dim places = x.picture().dim(1);
          Dim words = x.words().dim(1);
          Expr made =
              new SingleBlock(attention(at.graph()))
                  .apply(at, x.words().cat(1, x.picture()), time.silu(), ONE, places);
          return new Streams(made.narrow(1, words, places), made.narrow(1, Dim.of(0), words));
        });
  }
}
