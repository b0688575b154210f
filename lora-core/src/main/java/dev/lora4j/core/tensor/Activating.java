package dev.lora4j.core.tensor;

/** Activation functions of {@link Expr}. */
public interface Activating {
  /** The value operated on. */
  Expr self();

  /** x * sigmoid(x). */
  default Expr silu() {
    return activation("silu");
  }

  /** Gaussian error linear unit, exact form. */
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
    return activation("softmax", d);
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
