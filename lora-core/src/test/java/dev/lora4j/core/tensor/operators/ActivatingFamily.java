package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Activating;
import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.function.UnaryOperator;

/** Activation functions. */
final class ActivatingFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return Activating.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        plain("silu()", Expr::silu),
        plain("gelu()", Expr::gelu),
        plain("geluTanh()", Expr::geluTanh),
        plain("quickGelu()", Expr::quickGelu),
        plain("sigmoid()", Expr::sigmoid),
        plain("tanh()", Expr::tanh),
        Row.of("softmax(int)", g -> g.reals(g.sizes(3, 3)).softmax(g.dimension(3))));
  }

  private static Row plain(String method, UnaryOperator<Expr> operator) {
    return Row.of(method, g -> operator.apply(g.between(-4, 4, g.sizes(0, 3))));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        plainGolden("silu()", "silu", Expr::silu),
        plainGolden("gelu()", "gelu", Expr::gelu),
        plainGolden("geluTanh()", "gelu_tanh", Expr::geluTanh),
        plainGolden("quickGelu()", "quick_gelu", Expr::quickGelu),
        plainGolden("sigmoid()", "sigmoid", Expr::sigmoid),
        plainGolden("tanh()", "tanh", Expr::tanh),
        Golden.of("softmax(int)", "softmax", in -> in.apply("x").softmax(-2)));
  }

  private static Golden plainGolden(String method, String name, UnaryOperator<Expr> operator) {
    return Golden.of(method, name, in -> operator.apply(in.apply("x")));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal("silu()", g -> g.indices(3, 2).silu(), "a floating-point type", "I64 [2]"),
        new Refusal(
            "softmax(int)", g -> g.flags(2, 2).softmax(0), "a floating-point type", "BOOL [2, 2]"));
  }
}
