package dev.lora4j.flow.layer;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;

/** Feed-forward part of a block: two linear layers, with GELU by its tanh formula between. */
public final class FeedForward {
  private static final int WIDER = 4;

  private FeedForward() {}

  /** x: [batch, tokens, width]; the result has the same shape. */
  public static Expr of(Weights at, Expr x) {
    long width = x.shape().size(2);
    Expr inner = at.linear("net.0.proj", x, WIDER * width);
    Expr active = at.graph().recompute(inner::geluTanh);
    return at.linear("net.2", active, width);
  }
}
