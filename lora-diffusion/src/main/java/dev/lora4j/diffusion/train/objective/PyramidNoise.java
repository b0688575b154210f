package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.train.SeededNoise;
import java.util.function.DoubleSupplier;
import java.util.function.IntFunction;

/** Noise of several resolutions (Whitaker 2023), [channels, height, width]. */
final class PyramidNoise {
  private PyramidNoise() {}

  /** Adds noise of lower and lower resolutions, and divides by the standard deviation. */
  static void apply(
      float[] noise,
      int channels,
      int height,
      int width,
      NoiseSettings settings,
      SeededNoise random) {
    IntFunction<float[]> gaussians =
        count -> {
          float[] values = new float[count];
          random.gaussians(values, 0, count);
          return values;
        };
    apply(noise, channels, height, width, settings, random::uniform, gaussians);
  }

  /**
   * The same with numbers from elsewhere.
   *
   * @param uniform between 0 and 1, one for each resolution
   * @param gaussians so many normal numbers, [channels, h, w] of each resolution
   */
  static void apply(
      float[] noise,
      int channels,
      int height,
      int width,
      NoiseSettings settings,
      DoubleSupplier uniform,
      IntFunction<float[]> gaussians) {
    double weight = 1;
    for (int i = 0; i < settings.multiresIterations(); i++) {
      double ratio = Math.pow(2 + 2 * uniform.getAsDouble(), i);
      int h = Math.max(1, (int) (height / ratio));
      int w = Math.max(1, (int) (width / ratio));
      add(noise, height, width, gaussians.apply(channels * h * w), h, w, weight);
      weight *= settings.multiresDiscount();
      if (h == 1 || w == 1) {
        break;
      }
    }
    divideByDeviation(noise);
  }

  /**
   * Adds noise of a lower resolution, spread linearly.
   *
   * @param coarse [channels, h, w]
   */
  static void add(
      float[] noise, int height, int width, float[] coarse, int h, int w, double weight) {
    int channels = noise.length / (height * width);
    for (int y = 0; y < height; y++) {
      Place row = Place.of(y, height, h);
      for (int x = 0; x < width; x++) {
        Place column = Place.of(x, width, w);
        for (int c = 0; c < channels; c++) {
          int at = c * h * w;
          double upper = column.between(coarse, at + row.first * w);
          double lower = column.between(coarse, at + row.second * w);
          double value = upper + row.share * (lower - upper);
          noise[(c * height + y) * width + x] += (float) (weight * value);
        }
      }
    }
  }

  /** Between which elements of a coarse line an element of a fine one lies; borders meet. */
  private record Place(int first, int second, double share) {
    static Place of(int i, int fine, int coarse) {
      double place = Math.max(0, (i + 0.5) * coarse / fine - 0.5);
      int first = (int) place;
      return new Place(first, Math.min(first + 1, coarse - 1), place - first);
    }

    double between(float[] values, int from) {
      return values[from + first] + share * (values[from + second] - values[from + first]);
    }
  }

  static void divideByDeviation(float[] noise) {
    double sum = 0;
    double squares = 0;
    for (float value : noise) {
      sum += value;
      squares += (double) value * value;
    }
    int n = noise.length;
    double deviation = Math.sqrt((squares - sum * sum / n) / Math.max(1, n - 1));
    for (int i = 0; i < n && deviation > 0; i++) {
      noise[i] /= (float) deviation;
    }
  }
}
