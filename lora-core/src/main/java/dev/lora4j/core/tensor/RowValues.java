package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Values of rows with their gradients, which are formed with the values and not later. The values
 * of a row depend on that row alone, so that the gradient of their sum has in each row the gradient
 * of that row's value. Whatever lies between is free before the next statement: it neither waits
 * for the gradient of the whole, as in an uncut program, nor is it computed twice, as in a
 * {@linkplain Graph#checkpoint segment}.
 */
public final class RowValues {
  private RowValues() {}

  /**
   * Stages values of rows. Their gradients are those of {@code body} but for the order of sums.
   *
   * @param x [rows, width]
   * @param body makes values [rows] of rows, each of its own row and of nothing else that is
   *     trained; on the terms of {@link Graph#checkpoint}, but staged once. Detached values have no
   *     gradient and cost none
   * @return the values; those of {@code body} alone in a program without gradients
   * @throws TensorException if a value depends on something else that is trained
   */
  public static List<Expr> of(Expr x, Function<Expr, List<Expr>> body) {
    Graph graph = x.graph();
    if (!graph.recorded(x)) {
      return body.apply(x);
    }
    Expr leaf = graph.trainable(x);
    List<Expr> made = graph.inside(() -> body.apply(leaf));
    Tape tape = graph.tape();
    List<Expr> learned = made.stream().filter(e -> tape.value(e).differentiable()).toList();
    List<Expr> all = new ArrayList<>();
    for (Expr value : made) {
      int number = learned.indexOf(value);
      if (number < 0) {
        all.add(value);
        continue;
      }
      List<Expr> sources = tape.sources(List.of(value), tape.number());
      if (!sources.equals(List.of(leaf))) {
        throw Mismatch.of(
            "rowValues",
            value,
            "values of " + leaf + " and of nothing else that is trained",
            "values of " + sources);
      }
      boolean again = number < learned.size() - 1;
      all.add(carrying(x, value, gradient(graph, leaf, value, again)));
    }
    return all;
  }

  private static Expr gradient(Graph graph, Expr leaf, Expr value, boolean again) {
    List<Object> arguments =
        List.of(List.of(value.sum()), List.of(leaf), Keyword.of("retain_graph", again));
    return graph.autograd(arguments, List.of(leaf)).get(0);
  }

  /*
   * A difference of 0 whose gradient is 1: times the gradient and added to the value, it changes no
   * bit of the value, and hands the gradient on.
   */
  private static Expr carrying(Expr x, Expr value, Expr gradient) {
    DType type = value.dtype();
    Expr difference = x.sub(x.detach()).to(type);
    return value.detach().add(difference.mul(gradient.to(type)).over(1).sum());
  }
}
