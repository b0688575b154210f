package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.quantised.CodeBook;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Both directions of a code book in a program, as bitsandbytes 0.50 has them on CPUs: the code of a
 * number from -1 to 1 is that of the nearest of {@value #PLACES} evenly spaced numbers.
 *
 * @param values of codes, [256]
 * @param codes of places, U8 [{@value #PLACES}]
 */
record StagedCodes(Expr values, Expr codes) {
  private static final int PLACES = 65536;

  /** The least scale that is divided by; blocks of zeros have the scale 0. */
  private static final double LEAST_SCALE = 1e-38;

  static StagedCodes of(Graph graph, DType type, CodeBook book) {
    Expr places = Constants.arange(graph, DType.F32, Dim.of(PLACES));
    Expr numbers = places.mul(2).div(PLACES - 1).add(-1);
    List<Double> middles = new ArrayList<>();
    for (int code = 0; code + 1 < book.size(); code++) {
      middles.add((double) ((book.value(code) + book.value(code + 1)) / 2));
    }
    Expr bounds = numbers(graph, DType.F32, middles);
    Expr codes =
        graph.call(
            "bucketize",
            DType.I32,
            numbers.shape(),
            numbers,
            bounds,
            Keyword.of("out_int32", true));
    List<Double> values = new ArrayList<>();
    for (float value : book.values()) {
      values.add((double) value);
    }
    return new StagedCodes(numbers(graph, type, values), codes.to(DType.U8));
  }

  private static Expr numbers(Graph graph, DType type, List<Double> numbers) {
    Shape shape = Shape.of(numbers.size());
    return graph.call("tensor", type, shape, numbers, Keyword.of("dtype", type));
  }

  /**
   * Numbers of codes, which are nobody else's.
   *
   * @param of U8 [blocks, block]
   * @param scales [blocks]
   * @return [blocks, block]
   */
  Expr numbers(Expr of, Expr scales) {
    long block = of.shape().size(1);
    Expr each = values.indexSelect(0, of.reshape(-1).to(DType.I32)).reshape(-1, block);
    return inPlace("mul_", each, scales.unsqueeze(1));
  }

  /**
   * The greatest size in each block.
   *
   * @param numbers finite, [blocks, block]
   * @return [blocks]
   */
  static Expr scales(Expr numbers) {
    return numbers.abs().over(1).max();
  }

  /**
   * Codes of numbers, which are lost.
   *
   * @param numbers of nobody else, [blocks, block]
   * @param scales theirs, [blocks]
   * @return U8 [blocks, block]
   */
  Expr codes(Expr numbers, Expr scales) {
    Expr part = inPlace("mul_", numbers, scales.clampMin(LEAST_SCALE).reciprocal().unsqueeze(1));
    part = inPlace("clamp_", part, -1.0, 1.0);
    // Each operation is rounded, so none of them can be put together with another.
    part = inPlace("mul_", inPlace("add_", part, 1.0), 0.5);
    part = inPlace("add_", inPlace("mul_", part, PLACES - 1.0), 0.5);
    Expr found = codes.indexSelect(0, part.to(DType.I32).reshape(-1));
    return found.reshape(-1, numbers.shape().size(1)).maskedFill(scales.eq(0).unsqueeze(1), 0);
  }

  /** An operator that changes its first argument, which is nobody else's. */
  static Expr inPlace(String operator, Expr x, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = x;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return x.graph().call(operator, x.dtype(), x.shape(), all);
  }
}
