package dev.lora4j.core.lowrank;

import java.util.Random;
import java.util.function.IntToDoubleFunction;

/**
 * Matrices whose singular values are known before they are formed: diagonal ones, turned from both
 * sides by a few reflections, which are orthogonal to the last bits.
 */
final class KnownMatrix {
  private static final int REFLECTIONS = 4;

  private KnownMatrix() {}

  /**
   * A matrix [out, rest] with singular values {@code values(0)}, {@code values(1)} and so on.
   *
   * @param left seed of the left vectors
   * @param right of the right ones; with the same in a square matrix it is symmetric
   */
  static double[][] of(int out, int rest, long left, long right, IntToDoubleFunction values) {
    double[][] matrix = new double[out][rest];
    for (int k = 0; k < Math.min(out, rest); k++) {
      matrix[k][k] = values.applyAsDouble(k);
    }
    return turned(transposed(turned(transposed(matrix), left)), right);
  }

  /** Each row reflected. */
  private static double[][] turned(double[][] matrix, long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < REFLECTIONS; i++) {
      double[] axis = random.doubles(matrix[0].length, -1, 1).toArray();
      double square = dot(axis, axis);
      for (double[] row : matrix) {
        double along = 2 * dot(row, axis) / square;
        for (int c = 0; c < row.length; c++) {
          row[c] -= along * axis[c];
        }
      }
    }
    return matrix;
  }

  private static double[][] transposed(double[][] matrix) {
    double[][] turned = new double[matrix[0].length][matrix.length];
    for (int r = 0; r < matrix.length; r++) {
      for (int c = 0; c < turned.length; c++) {
        turned[c][r] = matrix[r][c];
      }
    }
    return turned;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
