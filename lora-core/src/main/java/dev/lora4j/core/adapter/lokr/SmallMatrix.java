package dev.lora4j.core.adapter.lokr;

import dev.lora4j.core.tensor.host.HostTensor;

/** A small matrix in F64. */
final class SmallMatrix {
  private final int rows;
  private final int columns;
  private final double[] values;

  private SmallMatrix(int rows, int columns, double[] values) {
    this.rows = rows;
    this.columns = columns;
    this.values = values;
  }

  /** The values of a tensor, its first dimension as rows. */
  static SmallMatrix of(HostTensor tensor) {
    int rows = Math.toIntExact(tensor.shape().size(0));
    return new SmallMatrix(
        rows, Math.toIntExact(tensor.shape().elements() / rows), tensor.doubles());
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  double at(int row, int column) {
    return values[row * columns + column];
  }

  SmallMatrix times(SmallMatrix other) {
    double[] product = new double[rows * other.columns];
    for (int r = 0; r < rows; r++) {
      for (int k = 0; k < columns; k++) {
        for (int c = 0; c < other.columns; c++) {
          product[r * other.columns + c] += at(r, k) * other.at(k, c);
        }
      }
    }
    return new SmallMatrix(rows, other.columns, product);
  }
}
