package dev.lora4j.flow.zimage;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.flow.layer.AxialRotary;
import dev.lora4j.flow.layer.Contexts;

/**
 * Attention of one stream, in which all tokens have the same layers, without biases.
 *
 * @param heads number of heads
 * @param headNorm whether queries and keys are normalised, head by head
 * @param rotation of queries and keys, of a text's tokens and then the picture's
 * @param settings what each token sees
 * @param contexts texts of each row
 * @param places tokens of the picture at the end of the stream, which the texts of a row share
 */
record SharedAttention(
    int heads,
    boolean headNorm,
    AxialRotary.Rotation rotation,
    Attention settings,
    Contexts contexts,
    Dim places) {
  private static final double EPSILON = 1e-5;

  /**
   * Attention of the stream.
   *
   * @param x [batch, contexts * tokens + places, width], normalised
   * @return of the same shape
   */
  Expr of(Weights at, Expr x) {
    long width = x.shape().size(2);
    Expr q = turned(normed(at, "norm_q", heads(at, "to_q", x)), x);
    Expr k = turned(normed(at, "norm_k", heads(at, "to_k", x)), x);
    Expr v = apart(heads(at, "to_v", x), x);
    Expr attended = q.attend(k, v, settings).joinHeads();
    return at.linear("to_out.0", together(attended, x), width, false);
  }

  private Expr heads(Weights at, String name, Expr x) {
    return at.linear(name, x, x.shape().size(2), false).splitHeads(heads);
  }

  private Expr normed(Weights at, String name, Expr x) {
    return headNorm ? at.rmsNorm(name, x, EPSILON) : x;
  }

  private Expr turned(Expr heads, Expr x) {
    return rotation.of(apart(heads, x));
  }

  private Expr apart(Expr heads, Expr x) {
    return contexts.shares().isEmpty() ? heads : contexts.apart(heads, words(x));
  }

  /** Outputs of attention for each text and the picture beside it, the picture blended. */
  private Expr together(Expr attended, Expr x) {
    if (contexts.shares().isEmpty()) {
      return attended;
    }
    Dim each = words(x).over(contexts.number());
    Expr told = attended.narrow(1, Dim.of(0), each);
    Expr seen = contexts.blended(attended.narrow(1, each, places));
    return told.reshape(x.dim(0), words(x), x.dim(2)).cat(1, seen);
  }

  private Dim words(Expr x) {
    return x.dim(1).minus(places);
  }
}
