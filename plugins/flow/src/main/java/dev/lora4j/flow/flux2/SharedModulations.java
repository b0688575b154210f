package dev.lora4j.flow.flux2;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.flow.layer.Contexts;
import java.util.List;

/**
 * Shifts, scales and gates that all blocks of a kind share, each [batch, width]: for a part of a
 * block its shift, scale and gate.
 *
 * @param picture of the picture's stream: those of attention, and of the feed-forward part
 * @param words the same of the stream of words, [batch * contexts, width]
 * @param both of blocks of one stream, which are one part
 */
record SharedModulations(List<Expr> picture, List<Expr> words, List<Expr> both) {
  private static final int PART = 3;

  /**
   * Stages them.
   *
   * @param time embedding of the timestep after its SiLU, [batch, width]
   */
  static SharedModulations of(Weights at, Expr time, Contexts contexts) {
    return new SharedModulations(
        parts(at, "double_stream_modulation_img", time, 2),
        parts(at, "double_stream_modulation_txt", time, 2).stream().map(contexts::spread).toList(),
        parts(at, "single_stream_modulation", time, 1));
  }

  private static List<Expr> parts(Weights at, String name, Expr time, int parts) {
    long width = time.shape().size(1);
    return at.at(name)
        .linear("linear", time, (long) parts * PART * width, false)
        .chunk(parts * PART, -1);
  }
}
