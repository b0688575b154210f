package dev.lora4j.core.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The shape that operands of an element by element operator have together. */
final class Broadcast {
  private Broadcast() {}

  static Shape of(String operator, Expr... operands) {
    return of(operator, operands[0], Arrays.stream(operands).map(Expr::shape).toList());
  }

  /** The common shape; {@code at} is the subject of a refusal. */
  static Shape of(String operator, Expr at, List<Shape> shapes) {
    return of(shapes)
        .orElseThrow(
            () -> {
              String found =
                  shapes.stream().map(Shape::toString).collect(Collectors.joining(" and "));
              return Mismatch.of(operator, at, "shapes that broadcast", found);
            });
  }

  /** The common shape; empty if there is none. */
  static Optional<Shape> of(List<Shape> shapes) {
    int rank = shapes.stream().mapToInt(Shape::rank).max().orElse(0);
    long[] sizes = new long[rank];
    for (int d = 1; d <= rank; d++) {
      long result = 1;
      for (Shape shape : shapes) {
        long size = shape.rank() < d ? 1 : shape.size(-d);
        // An unknown size against a known one other than 1 must turn out to be that size, or 1.
        if (size == 1 || size == result || (size == Shape.UNKNOWN && result != 1)) {
          continue;
        }
        if (result != 1 && result != Shape.UNKNOWN) {
          return Optional.empty();
        }
        result = size;
      }
      sizes[rank - d] = result;
    }
    return Optional.of(Shape.of(sizes));
  }
}
