package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.ActivationOps;
import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Activation functions. */
final class ActivationOpsFamily implements OperatorFamily {
  /** An activation that is named alike here and in the goldens. */
  private record Plain(String method, String golden, UnaryOperator<Expr> operator) {}

  private static final List<Plain> PLAIN =
      List.of(
          new Plain("relu()", "relu", Expr::relu),
          new Plain("relu6()", "relu6", Expr::relu6),
          new Plain("leakyRelu(double)", "leaky_relu", x -> x.leakyRelu(0.2)),
          new Plain("elu(double)", "elu", x -> x.elu(1.5)),
          new Plain("silu()", "silu", Expr::silu),
          new Plain("gelu()", "gelu", Expr::gelu),
          new Plain("geluTanh()", "gelu_tanh", Expr::geluTanh),
          new Plain("quickGelu()", "quick_gelu", Expr::quickGelu),
          new Plain("softplus(double)", "softplus", x -> x.softplus(2)),
          new Plain("mish()", "mish", Expr::mish),
          new Plain("hardSigmoid()", "hard_sigmoid", Expr::hardSigmoid),
          new Plain("hardSwish()", "hard_swish", Expr::hardSwish),
          new Plain("sigmoid()", "sigmoid", Expr::sigmoid),
          new Plain("tanh()", "tanh", Expr::tanh));

  @Override
  public Class<?> operators() {
    return ActivationOps.class;
  }

  @Override
  public List<Row> rows() {
    Stream<Row> others =
        Stream.of(
            Row.of("softmax(int)", g -> g.reals(g.sizes(3, 3)).softmax(g.dimension(3))),
            Row.of("logSoftmax(int)", g -> g.reals(g.sizes(3, 3)).logSoftmax(g.dimension(3))),
            gated("glu(int)", (x, d) -> x.glu(d)),
            gated("geglu(int)", (x, d) -> x.geglu(d)),
            gated("swiglu(int)", (x, d) -> x.swiglu(d)));
    Stream<Row> plain =
        PLAIN.stream()
            .map(p -> Row.of(p.method(), g -> p.operator().apply(g.between(-8, 8, g.sizes(1, 3)))));
    return Stream.concat(plain, others).toList();
  }

  private interface Along {
    Expr apply(Expr x, int dimension);
  }

  private static Row gated(String method, Along operator) {
    return Row.of(
        method,
        g -> {
          long half = g.size(1, 2);
          Expr x = g.reals(2 * half, g.size(1, 3), 2 * half);
          return operator.apply(x, g.oneOf(0, -1, 2, -3));
        });
  }

  @Override
  public List<Golden> goldens() {
    Stream<Golden> others =
        Stream.of(
            Golden.of("softmax(int)", "softmax", in -> in.apply("x").softmax(-2)),
            Golden.of("logSoftmax(int)", "log_softmax", in -> in.apply("x").logSoftmax(0)),
            Golden.of("glu(int)", "glu", in -> in.apply("x").transpose(0, 1).glu(-1)),
            Golden.of("geglu(int)", "geglu", in -> in.apply("x").geglu(1)),
            Golden.of("swiglu(int)", "swiglu", in -> in.apply("x").swiglu(-1)));
    Stream<Golden> plain =
        PLAIN.stream()
            .map(p -> Golden.of(p.method(), p.golden(), in -> p.operator().apply(in.apply("x"))));
    return Stream.concat(plain, others).toList();
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal("silu()", g -> g.indices(3, 2).silu(), "a floating-point type", "I64 [2]"),
        new Refusal(
            "softmax(int)", g -> g.flags(2, 2).softmax(0), "a floating-point type", "BOOL [2, 2]"),
        new Refusal(
            "softmax(int)", g -> g.reals(2, 2).softmax(2), "one of its dimensions", "2 of [2, 2]"),
        new Refusal(
            "geglu(int)",
            g -> g.reals(2, 5).geglu(-1),
            "an even size of dimension -1",
            "F64 [2, 5]"));
  }
}
