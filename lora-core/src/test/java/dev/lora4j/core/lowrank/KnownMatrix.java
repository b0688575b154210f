package dev.lora4j.core.lowrank;

import java.util.Random;
import java.util.function.IntToDoubleFunction;

/**
 * Matrices whose singular values and vectors are known before they are formed: the vectors are the
 * rows of products of a few reflections, which are orthogonal to the last bits.
 */
final class KnownMatrix {
  private static final int REFLECTIONS = 4;

  private KnownMatrix() {}

  /** Vectors of a length in rows, orthonormal. */
  static double[][] vectors(int count, int length, long seed) {
    Random random = new Random(seed);
    double[][] rows = new double[count][length];
    for (int i = 0; i < count; i++) {
      rows[i][i] = 1;
    }
    for (int k = 0; k < REFLECTIONS; k++) {
      double[] axis = random.doubles(length, -1, 1).toArray();
      double square = dot(axis, axis);
      for (double[] row : rows) {
        double along = 2 * dot(row, axis) / square;
        for (int i = 0; i < length; i++) {
          row[i] -= along * axis[i];
        }
      }
    }
    return rows;
  }

  /** The sum of {@code value(k)} times the outer products of vectors k, of the first so many. */
  static double[][] of(double[][] left, double[][] right, int count, IntToDoubleFunction value) {
    double[][] sum = new double[left[0].length][right[0].length];
    for (int k = 0; k < count; k++) {
      for (int o = 0; o < sum.length; o++) {
        double size = value.applyAsDouble(k) * left[k][o];
        for (int i = 0; i < sum[o].length; i++) {
          sum[o][i] += size * right[k][i];
        }
      }
    }
    return sum;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
