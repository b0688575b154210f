package dev.lora4j.flow.flux2;

import static dev.lora4j.flow.layer.Modulation.gated;
import static dev.lora4j.flow.layer.Modulation.modulated;
import static dev.lora4j.flow.layer.Modulation.normed;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.flow.layer.Contexts;
import dev.lora4j.flow.layer.JointAttention;
import dev.lora4j.flow.layer.Streams;
import java.util.List;

/**
 * A block with a stream of words and one of the picture, whose modulations come from outside,
 * diffusers' {@code Flux2TransformerBlock}.
 *
 * @param attention of both streams
 * @param inner width within the feed-forward parts
 */
record DoubleBlock(JointAttention attention, int inner) {
  /** Both streams after the block. */
  Streams apply(Weights at, Streams x, SharedModulations told, Contexts contexts) {
    Expr seen = scaled(at, x.picture(), told.picture(), 0);
    Expr heard = scaled(at, x.words(), told.words(), 0);
    Streams attended = attention.joint(at.at("attn"), new Streams(seen, heard), contexts, false);
    return new Streams(
        forwarded(
            at,
            "ff",
            gated(x.picture(), attended.picture(), told.picture().get(2)),
            told.picture()),
        forwarded(
            at,
            "ff_context",
            gated(x.words(), attended.words(), told.words().get(2)),
            told.words()));
  }

  private Expr forwarded(Weights at, String name, Expr x, List<Expr> told) {
    return gated(x, GatedForward.of(at.at(name), scaled(at, x, told, 3), inner), told.get(5));
  }

  private static Expr scaled(Weights at, Expr x, List<Expr> told, int first) {
    return at.graph().recompute(() -> modulated(normed(x), told.get(first + 1), told.get(first)));
  }
}
