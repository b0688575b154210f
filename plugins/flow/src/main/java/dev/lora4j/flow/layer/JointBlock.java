package dev.lora4j.flow.layer;

import static dev.lora4j.flow.layer.Modulation.gated;
import static dev.lora4j.flow.layer.Modulation.modulated;
import static dev.lora4j.flow.layer.Modulation.normed;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/**
 * A block with a stream of words and one of the picture (Esser et al. 2024, figure 2b), diffusers'
 * {@code JointTransformerBlock} and {@code FluxTransformerBlock}.
 *
 * @param attention of both streams
 * @param twice whether the picture attends to itself once more (Stable Diffusion 3.5 Medium)
 * @param last whether the words' stream ends with its attention
 */
public record JointBlock(JointAttention attention, boolean twice, boolean last) {
  private static final int PLAIN = 6;
  private static final int TWICE = 9;

  /**
   * Both streams after the block; the words as they came if it is the last.
   *
   * @param time embedding of timestep and pooled text after its SiLU, [batch, width]
   */
  public Streams apply(Weights at, Streams x, Expr time, Contexts contexts) {
    Expr picture = x.picture();
    Expr words = x.words();
    long width = picture.shape().size(2);
    int parts = twice ? TWICE : PLAIN;
    List<Expr> own = at.linear("norm1.linear", time, parts * width).chunk(parts, -1);
    List<Expr> told = told(at, time, width).stream().map(contexts::spread).toList();
    Expr seen = at.graph().recompute(() -> modulated(normed(picture), own.get(1), own.get(0)));
    // The last block has the scale first.
    Expr heard =
        at.graph()
            .recompute(
                () -> modulated(normed(words), told.get(last ? 0 : 1), told.get(last ? 1 : 0)));
    Streams attended = attention.joint(at.at("attn"), new Streams(seen, heard), contexts, last);
    Expr h = gated(picture, attended.picture(), own.get(2));
    if (twice) {
      Expr again = at.graph().recompute(() -> modulated(normed(picture), own.get(7), own.get(6)));
      h = gated(h, attention.alone(at.at("attn2"), again), own.get(8));
    }
    Expr forward = forwarded(at.at("ff"), h, own);
    return new Streams(
        forward,
        last
            ? words
            : forwarded(at.at("ff_context"), gated(words, attended.words(), told.get(2)), told));
  }

  private List<Expr> told(Weights at, Expr time, long width) {
    int parts = last ? 2 : PLAIN;
    return at.linear("norm1_context.linear", time, parts * width).chunk(parts, -1);
  }

  /** A stream after its feed-forward part. */
  private static Expr forwarded(Weights at, Expr x, List<Expr> modulation) {
    Expr in =
        at.graph().recompute(() -> modulated(normed(x), modulation.get(4), modulation.get(3)));
    return gated(x, FeedForward.of(at, in), modulation.get(5));
  }
}
