package dev.lora4j.core.tensor;

import java.util.List;

/** Activation functions of {@link Expr}, all for floating-point types. */
public interface ActivationOps {
  /** The value operated on. */
  Expr self();

  /** max(x, 0). */
  default Expr relu() {
    return activation("relu");
  }

  /** min(max(x, 0), 6). */
  default Expr relu6() {
    return activation("hardtanh", 0.0, 6.0);
  }

  /** x where it is positive, else {@code slope * x}. */
  default Expr leakyRelu(double slope) {
    return activation("leaky_relu", slope);
  }

  /** x where it is positive, else {@code alpha * (exp(x) - 1)} (Clevert et al. 2015). */
  default Expr elu(double alpha) {
    return activation("elu", alpha);
  }

  /** x * sigmoid(x), also called swish. */
  default Expr silu() {
    return activation("silu");
  }

  /** Gaussian error linear unit (Hendrycks and Gimpel 2016), exact form: x * Phi(x). */
  default Expr gelu() {
    return activation("gelu");
  }

  /** Gaussian error linear unit, tanh form. */
  default Expr geluTanh() {
    return activation("gelu", Keyword.of("approximate", "tanh"));
  }

  /** x * sigmoid(1.702 x), the approximation that CLIP ViT-L uses. */
  default Expr quickGelu() {
    return self().mul(self().mul(1.702).sigmoid());
  }

  /** log(1 + exp(beta * x)) / beta; x itself where beta * x is above 20. */
  default Expr softplus(double beta) {
    return activation("softplus", beta, 20.0);
  }

  /** x * tanh(log(1 + exp(x))) (Misra 2019). */
  default Expr mish() {
    return activation("mish");
  }

  /** min(max(x + 3, 0), 6) / 6. */
  default Expr hardSigmoid() {
    return activation("hardsigmoid");
  }

  /** x * hardSigmoid(x). */
  default Expr hardSwish() {
    return activation("hardswish");
  }

  /** Logistic function. */
  default Expr sigmoid() {
    return activation("sigmoid");
  }

  /** Hyperbolic tangent. */
  default Expr tanh() {
    return activation("tanh");
  }

  /** Softmax along dimension {@code d}. */
  default Expr softmax(int d) {
    return along("softmax", d);
  }

  /** Logarithm of the softmax along dimension {@code d}. */
  default Expr logSoftmax(int d) {
    return along("log_softmax", d);
  }

  /**
   * Gated linear unit: the first half of dimension {@code d} times the logistic function of the
   * second (Dauphin et al. 2017).
   */
  default Expr glu(int d) {
    List<Expr> halves = halves("glu", d);
    return halves.get(0).mul(halves.get(1).sigmoid());
  }

  /**
   * The first half of dimension {@code d} times the GELU of the second (Shazeer 2020), as in the
   * feed-forward layers of Stable Diffusion.
   */
  default Expr geglu(int d) {
    List<Expr> halves = halves("geglu", d);
    return halves.get(0).mul(halves.get(1).gelu());
  }

  /** The first half of dimension {@code d} times the SiLU of the second (Shazeer 2020). */
  default Expr swiglu(int d) {
    List<Expr> halves = halves("swiglu", d);
    return halves.get(0).mul(halves.get(1).silu());
  }

  private List<Expr> halves(String operator, int d) {
    Expr x = dimension(operator, d);
    if (!Sizes.divides(x.shape().size(d), 2)) {
      throw Mismatch.of(operator, x, "an even size of dimension " + d, Mismatch.described(x));
    }
    // An odd size that was unknown until now is refused by unflatten, where a cut would drop one.
    int at = d < 0 ? d + x.shape().rank() : d;
    Shape half = x.shape().with(at, Sizes.map(x.shape().size(at), s -> s / 2));
    Expr pairs = x.graph().call("unflatten", x.dtype(), half, x, at, List.of(2, -1));
    return List.of(
        x.graph().call("select", x.dtype(), half, pairs, at, 0),
        x.graph().call("select", x.dtype(), half, pairs, at, 1));
  }

  private Expr along(String operator, int d) {
    dimension(operator, d);
    return activation(operator, d);
  }

  private Expr dimension(String operator, int d) {
    Expr x = self();
    int rank = x.shape().rank();
    if (d >= rank || d < -rank) {
      throw Mismatch.of(operator, x, "one of its dimensions", d + " of " + x.shape());
    }
    return x;
  }

  private Expr activation(String operator, Object... settings) {
    Expr x = self();
    Mismatch.require(x.dtype().floating(), operator, "a floating-point type", x);
    Object[] arguments = new Object[settings.length + 1];
    arguments[0] = x;
    System.arraycopy(settings, 0, arguments, 1, settings.length);
    return x.graph().call(operator, x.dtype(), x.shape(), arguments);
  }
}
