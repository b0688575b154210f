package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.function.Function;

/**
 * A case whose results PyTorch wrote.
 *
 * @param method the method it covers, as {@code name(Type, Type)}
 * @param name its name in the file of goldens
 * @param stage from the file's inputs, by name, to the results
 * @param tolerance greatest difference, relative to the greater of 1 and the expected value
 */
record Golden(
    String method,
    String name,
    Function<Function<String, Expr>, List<Expr>> stage,
    double tolerance) {
  /** A case with one result, compared in double precision. */
  static Golden of(String method, String name, Function<Function<String, Expr>, Expr> stage) {
    return several(method, name, in -> List.of(stage.apply(in)));
  }

  /** A case with several results. */
  static Golden several(
      String method, String name, Function<Function<String, Expr>, List<Expr>> stage) {
    return new Golden(method, name, stage, 1e-10);
  }

  /** The same for results of fewer bits. */
  Golden within(double other) {
    return new Golden(method, name, stage, other);
  }
}
