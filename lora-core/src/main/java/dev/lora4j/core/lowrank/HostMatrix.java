package dev.lora4j.core.lowrank;

import dev.lora4j.core.tensor.host.HostTensor;

/** Matrix in F64, row after row, for data so small that it needs no engine. */
final class HostMatrix {
  private final double[] values;
  private final int rows;
  private final int columns;

  private HostMatrix(double[] values, int rows) {
    this.values = values;
    this.rows = rows;
    this.columns = values.length / rows;
  }

  /** A tensor [rows, ...], its other dimensions taken as one. */
  static HostMatrix of(HostTensor tensor) {
    return new HostMatrix(tensor.doubles(), Math.toIntExact(tensor.shape().size(0)));
  }

  /** The same numbers with another number of rows. */
  HostMatrix as(int otherRows) {
    return new HostMatrix(values, otherRows);
  }

  HostMatrix transposed() {
    double[] result = new double[values.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        result[c * rows + r] = values[r * columns + c];
      }
    }
    return new HostMatrix(result, columns);
  }

  /** Transposes each row from [inner, n] to [n, inner]: [rows * n, inner]. */
  HostMatrix blocksTransposed(int inner) {
    int n = columns / inner;
    double[] result = new double[values.length];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < inner; i++) {
        for (int k = 0; k < n; k++) {
          result[(r * n + k) * inner + i] = values[r * columns + i * n + k];
        }
      }
    }
    return new HostMatrix(result, rows * n);
  }

  HostMatrix times(HostMatrix right) {
    double[] result = new double[Math.multiplyExact(rows, right.columns)];
    for (int r = 0; r < rows; r++) {
      row(r, right, result, r * right.columns);
    }
    return new HostMatrix(result, rows);
  }

  /** Adds the product of row {@code r} and {@code right} to {@code into} from an index on. */
  private void row(int r, HostMatrix right, double[] into, int from) {
    double[] there = right.values;
    int width = right.columns;
    int i = 0;
    // The inner loops run over neighbours; four rows at once, as sums that go to memory and back
    // take longer than the products.
    for (; i + 3 < columns; i += 4) {
      int at = r * columns + i;
      double a = values[at];
      double b = values[at + 1];
      double c = values[at + 2];
      double d = values[at + 3];
      int row = i * width;
      for (int j = 0; j < width; j++) {
        into[from + j] +=
            a * there[row + j]
                + b * there[row + width + j]
                + c * there[row + 2 * width + j]
                + d * there[row + 3 * width + j];
      }
    }
    for (; i < columns; i++) {
      double left = values[r * columns + i];
      for (int j = 0; j < width; j++) {
        into[from + j] += left * there[i * width + j];
      }
    }
  }

  /** {@code X^T X}: [columns, columns]. */
  HostMatrix gram() {
    double[] gram = new double[columns * columns];
    for (int row = 0; row < values.length; row += columns) {
      for (int i = 0; i < columns; i++) {
        double left = values[row + i];
        int to = i * columns;
        for (int j = 0; j < columns; j++) {
          gram[to + j] += left * values[row + j];
        }
      }
    }
    return new HostMatrix(gram, columns);
  }

  /**
   * Products of each pair of numbers, one of each matrix, by row: [rows, columns * other columns].
   */
  HostMatrix pairs(HostMatrix other) {
    double[] result = new double[Math.multiplyExact(values.length, other.columns)];
    int to = 0;
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < other.columns; j++) {
          result[to++] = values[r * columns + i] * other.values[r * other.columns + j];
        }
      }
    }
    return new HostMatrix(result, rows);
  }

  /** The sum of the products of numbers at the same place. */
  double inner(HostMatrix other) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i] * other.values[i];
    }
    return sum;
  }

  /** The Frobenius norm. */
  double norm() {
    return Math.sqrt(inner(this));
  }

  /**
   * The squared norm of {@code (a b) o (c d)}, which is never there as a whole, but one row of it
   * at a time.
   */
  static double squareByRows(HostMatrix a, HostMatrix b, HostMatrix c, HostMatrix d) {
    double sum = 0;
    for (int r = 0; r < a.rows; r++) {
      double[] one = new double[b.columns];
      double[] two = new double[b.columns];
      a.row(r, b, one, 0);
      c.row(r, d, two, 0);
      for (int i = 0; i < one.length; i++) {
        sum += one[i] * one[i] * two[i] * two[i];
      }
    }
    return sum;
  }
}
