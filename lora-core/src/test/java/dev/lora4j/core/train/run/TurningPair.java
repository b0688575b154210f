package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import java.util.Arrays;

/** The LoRA of a {@link TurnedLayer}: down is [rank, width], up [width, rank]. */
final class TurningPair {
  private static final int WIDTH = TurnedLayer.WIDTH;

  private final double[] down;
  private final double[] up;

  TurningPair(Adapter adapter) {
    Factors pair = adapter.at(TurnedLayer.SITE).get(0);
    down = pair.tensor("lora_down.weight").doubles();
    up = pair.tensor("lora_up.weight").doubles();
  }

  int rank() {
    return down.length / WIDTH;
  }

  /** A direction's row of down with its column of up. */
  double[] direction(int r) {
    double[] all = Arrays.copyOfRange(down, r * WIDTH, r * WIDTH + 2 * WIDTH);
    for (int o = 0; o < WIDTH; o++) {
      all[WIDTH + o] = up[o * rank() + r];
    }
    return all;
  }

  /** Directions left of the sum by Gram-Schmidt on its rows, above a hundredth of the greatest. */
  int effectiveRank() {
    double[][] rows = sum();
    int found = 0;
    double greatest = 0;
    while (found < WIDTH) {
      int pivot = 0;
      for (int o = 1; o < WIDTH; o++) {
        pivot = dot(rows[o], rows[o]) > dot(rows[pivot], rows[pivot]) ? o : pivot;
      }
      double[] chosen = rows[pivot].clone();
      double size = Math.sqrt(dot(chosen, chosen));
      greatest = Math.max(greatest, size);
      if (size <= 1e-2 * greatest) {
        return found;
      }
      for (double[] row : rows) {
        double share = dot(row, chosen) / (size * size);
        for (int i = 0; i < WIDTH; i++) {
          row[i] -= share * chosen[i];
        }
      }
      found++;
    }
    return found;
  }

  private double[][] sum() {
    double[][] rows = new double[WIDTH][WIDTH];
    for (int o = 0; o < WIDTH; o++) {
      for (int i = 0; i < WIDTH; i++) {
        for (int r = 0; r < rank(); r++) {
          rows[o][i] += up[o * rank() + r] * down[r * WIDTH + i];
        }
      }
    }
    return rows;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
