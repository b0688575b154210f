package dev.lora4j.whisper.audio;

/** Discrete Fourier transform of a fixed length, halved as often as that is even. */
final class Fourier {
  private final int size;
  private final double[] cosines;
  private final double[] sines;

  Fourier(int size) {
    this.size = size;
    cosines = new double[size];
    sines = new double[size];
    for (int i = 0; i < size; i++) {
      cosines[i] = Math.cos(2 * Math.PI * i / size);
      sines[i] = -Math.sin(2 * Math.PI * i / size);
    }
  }

  /**
   * Squared magnitudes of the frequencies from 0 to half of the length.
   *
   * @param x real numbers, as many as the length
   */
  double[] power(double[] x) {
    double[] re = new double[size];
    double[] im = new double[size];
    transform(x, 0, 1, size, re, im, 0);
    double[] power = new double[size / 2 + 1];
    for (int i = 0; i < power.length; i++) {
      power[i] = re[i] * re[i] + im[i] * im[i];
    }
    return power;
  }

  /** Transforms every {@code step}-th number of x into {@code count} places of the result. */
  private void transform(
      double[] x, int from, int step, int count, double[] re, double[] im, int to) {
    if (count % 2 != 0) {
      direct(x, from, step, count, re, im, to);
      return;
    }
    int half = count / 2;
    transform(x, from, 2 * step, half, re, im, to);
    transform(x, from + step, 2 * step, half, re, im, to + half);
    for (int k = 0; k < half; k++) {
      double cos = cosines[k * step];
      double sin = sines[k * step];
      double oddRe = re[to + half + k] * cos - im[to + half + k] * sin;
      double oddIm = re[to + half + k] * sin + im[to + half + k] * cos;
      re[to + half + k] = re[to + k] - oddRe;
      im[to + half + k] = im[to + k] - oddIm;
      re[to + k] += oddRe;
      im[to + k] += oddIm;
    }
  }

  private void direct(double[] x, int from, int step, int count, double[] re, double[] im, int to) {
    for (int k = 0; k < count; k++) {
      double sumRe = 0;
      double sumIm = 0;
      for (int n = 0; n < count; n++) {
        int turn = k * n % count * step;
        sumRe += x[from + n * step] * cosines[turn];
        sumIm += x[from + n * step] * sines[turn];
      }
      re[to + k] = sumRe;
      im[to + k] = sumIm;
    }
  }
}
