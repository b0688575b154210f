package dev.lora4j.core.tensor;

import java.util.List;

/** Tensors that a program makes out of numbers alone, on the device it runs on. */
public final class Constants {
  private Constants() {}

  /** Zeros. */
  public static Expr zeros(Graph graph, DType type, Dim... sizes) {
    return filled(graph, type, "zeros", sizes);
  }

  /** Ones. */
  public static Expr ones(Graph graph, DType type, Dim... sizes) {
    return filled(graph, type, "ones", sizes);
  }

  private static Expr filled(Graph graph, DType type, String operator, Dim... sizes) {
    return graph.call(operator, type, Sizes.of(sizes), List.of(sizes), of(type));
  }

  /** {@code value}, which may be infinite, everywhere. */
  public static Expr full(Graph graph, DType type, double value, Dim... sizes) {
    return graph.call("full", type, Sizes.of(sizes), List.of(sizes), value, of(type));
  }

  /** The unit matrix [n, n]. */
  public static Expr eye(Graph graph, DType type, Dim n) {
    return graph.call("eye", type, Sizes.of(n, n), n, of(type));
  }

  /** 0, 1, ... below {@code end}: [end]. */
  public static Expr arange(Graph graph, DType type, Dim end) {
    return graph.call("arange", type, Sizes.of(end), end, of(type));
  }

  /**
   * {@code begin}, {@code begin + step}, ... below {@code end}, or above it for a negative step.
   * The numbers are whole; {@link #linspace} makes others.
   */
  public static Expr arange(Graph graph, DType type, long begin, long end, long step) {
    long count = step == 0 ? -1 : Math.max(0, (end - begin + step - Long.signum(step)) / step);
    if (count < 0 || (end - begin) * Long.signum(step) < 0) {
      throw Mismatch.of(
          "arange",
          graph,
          "a step that leads from begin to end",
          "begin " + begin + ", end " + end + ", step " + step);
    }
    return graph.call("arange", type, Shape.of(count), begin, end, step, of(type));
  }

  /** {@code count} numbers at equal distances from {@code first} to {@code last}: [count]. */
  public static Expr linspace(Graph graph, DType type, double first, double last, Dim count) {
    return graph.call("linspace", type, Sizes.of(count), first, last, count, of(type));
  }

  private static Keyword of(DType type) {
    return Keyword.of("dtype", type);
  }
}
