package dev.lora4j.flow.flux2;

import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.flow.FullSizeBlocks;
import dev.lora4j.flow.layer.AxialRotary;
import dev.lora4j.flow.layer.Contexts;
import dev.lora4j.flow.layer.JointAttention;
import dev.lora4j.flow.layer.Streams;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Blocks at the published sizes, with weights that are formulas, against diffusers. */
@Tag("slow")
class FullSizeFlux2BlockTest {
  private static final int HEADS = 24;
  private static final int WIDTH = 128 * HEADS;
  private static final int INNER = 3 * WIDTH;
  private static final Contexts ONE = new Contexts(Optional.empty());
  private static final Dim SIDE = Dim.of(FullSizeBlocks.SIDE);

  private static JointAttention attention(Graph graph, Dim words) {
    AxialRotary rotary = new AxialRotary(List.of(32, 32, 32, 32), 2000);
    return new JointAttention(
        HEADS,
        true,
        false,
        Optional.of(rotary.grid(graph, SIDE, SIDE)),
        Optional.of(rotary.line(graph, words)));
  }

  /** Modulations that are time at several strengths, as the script has them. */
  private static SharedModulations told(Expr time) {
    return new SharedModulations(
        strengths(time, 1, 2, 3, 4, 5, 6),
        strengths(time, 6, 5, 4, 3, 2, 1),
        strengths(time, 1, 2, 3));
  }

  private static List<Expr> strengths(Expr time, int... quarters) {
    return IntStream.of(quarters).mapToObj(n -> time.mul(n / 4.0)).toList();
  }

  @Test
  void blocksOfTwoStreamsAreThoseOfDiffusers() {
    FullSizeBlocks.assertBlock(
        "flux2",
        WIDTH,
        true,
        (at, x, time) ->
            new DoubleBlock(attention(at.graph(), x.words().dim(1)), INNER)
                .apply(at, x, told(time), ONE));
  }

  @Test
  void blocksOfOneStreamAreThoseOfDiffusers() {
    FullSizeBlocks.assertBlock(
        "flux2-single",
        WIDTH,
        true,
        (at, x, time) -> {
          Dim places = x.picture().dim(1);
          Dim words = x.words().dim(1);
          Expr made =
              new ParallelBlock(attention(at.graph(), words), INNER)
                  .apply(at, x.words().cat(1, x.picture()), told(time).both(), ONE, places);
          return new Streams(made.narrow(1, words, places), made.narrow(1, Dim.of(0), words));
        });
  }
}
