package dev.lora4j.core.train;

import dev.lora4j.core.adapter.training.DirectionRule.Span;
import dev.lora4j.core.tensor.Shape;
import java.util.function.IntConsumer;

/**
 * The elements of each direction of a weight in a flat buffer.
 *
 * @param offset of the weight's first element
 * @param shape of the weight
 * @param dimension that counts its directions
 */
record DirectionSlices(int offset, Shape shape, int dimension) {
  /** Directions of the weight. */
  int rank() {
    return Math.toIntExact(shape.size(dimension));
  }

  /** Elements of a direction that follow each other. */
  private int inner() {
    long inner = 1;
    for (int d = dimension + 1; d < shape.rank(); d++) {
      inner *= shape.size(d);
    }
    return Math.toIntExact(inner);
  }

  /** Visits the elements of some directions in a fixed order, by their places in the buffer. */
  void forEach(Span span, IntConsumer visitor) {
    int inner = inner();
    int outer = Math.toIntExact(shape.elements() / ((long) rank() * inner));
    for (int o = 0; o < outer; o++) {
      int row = offset + o * rank() * inner;
      for (int i = row + span.from() * inner; i < row + span.to() * inner; i++) {
        visitor.accept(i);
      }
    }
  }

  /** Marks the elements of some directions. */
  void fill(byte[] marks, Span span, byte value) {
    forEach(span, i -> marks[i] = value);
  }

  /** The directions up to the last that has a number other than 0. */
  int used(float[] values) {
    for (int r = rank(); r > 0; r--) {
      boolean[] any = new boolean[1];
      forEach(new Span(r - 1, r), i -> any[0] |= values[i] != 0);
      if (any[0]) {
        return r;
      }
    }
    return 0;
  }
}
