package dev.lora4j.core.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The shape that operands of an element by element operator have together. */
final class Broadcast {
  private Broadcast() {}

  static Shape of(String operator, Expr... operands) {
    int rank = Arrays.stream(operands).mapToInt(e -> e.shape().rank()).max().orElse(0);
    long[] sizes = new long[rank];
    for (int d = 1; d <= rank; d++) {
      sizes[rank - d] = size(operator, d, operands);
    }
    return Shape.of(sizes);
  }

  private static long size(String operator, int fromEnd, Expr... operands) {
    long result = 1;
    for (Expr e : operands) {
      long size = e.shape().rank() < fromEnd ? 1 : e.shape().size(-fromEnd);
      // An unknown size beside a known one above 1 must turn out to be that size, or 1.
      if (size == 1 || size == result || (size == Shape.UNKNOWN && result > 1)) {
        continue;
      }
      if (result != 1 && result != Shape.UNKNOWN) {
        throw Mismatch.of(operator, operands[0], "shapes that broadcast", shapes(operands));
      }
      result = size;
    }
    return result;
  }

  private static String shapes(Expr... operands) {
    return Arrays.stream(operands)
        .map(e -> e.shape().toString())
        .collect(Collectors.joining(" and "));
  }
}
