package dev.lora4j.core.tensor.operators;

import static dev.lora4j.core.tensor.operators.ElementwiseCases.golden;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.LossOps;
import java.util.List;
import java.util.function.BinaryOperator;

/** Losses. */
final class LossOpsFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return LossOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        both("squaredError(Expr)", Expr::squaredError),
        both("absoluteError(Expr)", Expr::absoluteError),
        both("huber(Expr, double)", (x, t) -> x.huber(t, 0.7)),
        both("smoothL1(Expr, double)", (x, t) -> x.smoothL1(t, 0.7)),
        Row.of(
            "crossEntropy(int, Expr)",
            g -> g.reals(2, 4, 3).crossEntropy(g.oneOf(-1, 2), g.indices(3, 2, 4))),
        Row.of("crossEntropy(int, Expr)", g -> g.reals(3).crossEntropy(0, g.indices(3))),
        Row.of(
            "crossEntropy(int, Expr, long, double)",
            g -> g.reals(4, 3, 2).crossEntropy(1, g.indices(3, 4, 2), 1, g.number(0, 1))),
        Row.of(
            "crossEntropyEach(int, Expr, long, double)",
            g -> g.reals(3, 4, 2).crossEntropyEach(0, g.indices(3, 4, 2), 1, g.number(0, 1))),
        both("softCrossEntropy(int, Expr)", (x, t) -> x.softCrossEntropy(-1, t)),
        both("binaryCrossEntropy(Expr)", Expr::binaryCrossEntropy),
        Row.of(
            "klDivergence(Expr)",
            g -> {
              long[] sizes = g.sizes(1, 3);
              return g.reals(sizes).klDivergence(g.between(0.1, 1, sizes));
            }),
        both("klDivergenceFromLog(Expr)", Expr::klDivergenceFromLog),
        both("cosineSimilarity(Expr, int)", (x, t) -> x.cosineSimilarity(t, 0)));
  }

  private static Row both(String method, BinaryOperator<Expr> operator) {
    return Row.of(
        method,
        g -> {
          long[] sizes = g.sizes(2, 3);
          sizes[0]++;
          sizes[sizes.length - 1]++;
          return operator.apply(g.reals(sizes), g.reals(sizes));
        });
  }

  private static Golden loss(String method, String name, BinaryOperator<Expr> operator) {
    return Golden.of(method, name, in -> operator.apply(in.apply("x"), in.apply("t")));
  }

  @Override
  public List<Golden> goldens() {
    String entropy = "crossEntropy(int, Expr)";
    return List.of(
        loss("squaredError(Expr)", "squared_error", Expr::squaredError),
        loss("absoluteError(Expr)", "absolute_error", Expr::absoluteError),
        loss("huber(Expr, double)", "huber", (x, t) -> x.huber(t, 0.5)),
        loss("smoothL1(Expr, double)", "smooth_l1", (x, t) -> x.smoothL1(t, 0.5)),
        loss(entropy, "cross_entropy", (x, t) -> x.crossEntropy(-1, t)),
        loss(entropy, "cross_entropy_alone", (x, t) -> x.crossEntropy(0, t)),
        loss(entropy, "cross_entropy_ignored", (x, t) -> x.crossEntropy(1, t)),
        loss(
            "crossEntropy(int, Expr, long, double)",
            "cross_entropy_smooth",
            (x, t) -> x.crossEntropy(1, t, 1, 0.2)),
        loss(
            "crossEntropyEach(int, Expr, long, double)",
            "cross_entropy_each",
            (x, t) -> x.crossEntropyEach(2, t, -100, 0.1)),
        loss(
            "softCrossEntropy(int, Expr)",
            "soft_cross_entropy",
            (x, t) -> x.softCrossEntropy(-1, t)),
        loss("binaryCrossEntropy(Expr)", "binary_cross_entropy", Expr::binaryCrossEntropy),
        loss("klDivergence(Expr)", "kl_divergence", Expr::klDivergence),
        loss("klDivergenceFromLog(Expr)", "kl_divergence_from_log", Expr::klDivergenceFromLog),
        golden(
            "cosineSimilarity(Expr, int)", "cosine_similarity", (a, b) -> a.cosineSimilarity(b, 1)),
        golden(
            "cosineSimilarity(Expr, int)",
            "cosine_similarity_zero",
            (a, b) -> a.cosineSimilarity(b, 0)));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "squaredError(Expr)",
            g -> g.reals(2, 3).squaredError(g.reals(2, 1)),
            "shape [2, 3]",
            "F64 [2, 1]"),
        new Refusal(
            "huber(Expr, double)", g -> g.reals(2).huber(g.reals(2), 0), "delta above 0", "0.0"),
        new Refusal(
            "crossEntropy(int, Expr)",
            g -> g.reals(2, 3, 4).crossEntropy(1, g.indices(3, 2, 3)),
            "shape [2, 4]",
            "I64 [2, 3]"),
        new Refusal(
            "crossEntropy(int, Expr)",
            g -> g.reals(2, 3).crossEntropy(1, g.reals(2)),
            "I64",
            "F64 [2]"),
        new Refusal(
            "crossEntropy(int, Expr, long, double)",
            g -> g.reals(2, 3).crossEntropy(1, g.indices(3, 2), 0, 1.5),
            "a smoothing from 0 to 1",
            "1.5"));
  }
}
