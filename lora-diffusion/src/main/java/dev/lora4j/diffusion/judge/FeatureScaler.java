package dev.lora4j.diffusion.judge;

import dev.lora4j.core.nn.FlatLayout;
import java.util.List;
import java.util.Optional;

/**
 * Scaling of features to mean 0 and deviation 1, from which a network learns best. When it has
 * learnt, its first layer takes this over, so that it is fed features as they are.
 */
@SuppressWarnings("ArrayRecordComponent") // Scratch values, never compared.
record FeatureScaler(float[] mean, float[] deviation) {
  /** Added to deviations: what hardly ever changes must not be blown up. */
  private static final double LEAST = 0.02;

  static FeatureScaler of(List<List<float[]>> rows) {
    int length = rows.get(0).get(0).length;
    double[] sums = new double[length];
    double[] squares = new double[length];
    long count = 0;
    for (List<float[]> some : rows) {
      for (float[] row : some) {
        for (int i = 0; i < length; i++) {
          sums[i] += row[i];
          squares[i] += row[i] * row[i];
        }
        count++;
      }
    }
    float[] mean = new float[length];
    float[] deviation = new float[length];
    for (int i = 0; i < length; i++) {
      mean[i] = (float) (sums[i] / count);
      double variance = Math.max(0, squares[i] / count - (double) mean[i] * mean[i]);
      deviation[i] = (float) (Math.sqrt(variance) + LEAST);
    }
    return new FeatureScaler(mean, deviation);
  }

  int length() {
    return mean.length;
  }

  /** Feature {@code i}, brought there. */
  float of(float value, int i) {
    return (value - mean[i]) / deviation[i];
  }

  /** Changes the first layer's weights in a flat buffer: W (x - m) / d + b is W' x + b'. */
  void fold(FlatLayout layout, float[] flat) {
    int weight = offset(layout, JudgeNetwork.FIRST + ".weight");
    int bias = offset(layout, JudgeNetwork.FIRST + ".bias");
    long rows =
        layout.slot(JudgeNetwork.FIRST + ".bias").orElseThrow().parameter().shape().elements();
    for (int row = 0; row < rows; row++) {
      double shift = 0;
      for (int i = 0; i < length(); i++) {
        int at = weight + row * length() + i;
        flat[at] /= deviation[i];
        shift += (double) flat[at] * mean[i];
      }
      flat[bias + row] -= (float) shift;
    }
  }

  private static int offset(FlatLayout layout, String name) {
    Optional<FlatLayout.Slot> slot = layout.slot(name);
    return Math.toIntExact(slot.orElseThrow().offset());
  }
}
