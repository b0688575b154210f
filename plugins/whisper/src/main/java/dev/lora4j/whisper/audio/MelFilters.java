package dev.lora4j.whisper.audio;

/**
 * Triangles over the frequencies of a spectrum, at equal distances on the mel scale of Slaney's
 * Auditory Toolbox and of equal area, from 0 to half of the sample rate.
 */
final class MelFilters {
  private static final double LOG_FROM_HERTZ = 1000;
  private static final double LOG_FROM_MEL = 15;
  private static final double LOG_STEP = 27 / Math.log(6.4);

  private final float[][] weights;

  /**
   * For spectra of so many frequencies.
   *
   * @param count number of triangles
   */
  MelFilters(int count, int frequencies, int rate) {
    double[] corners = new double[count + 2];
    double most = mel(rate / 2.0);
    for (int i = 0; i < corners.length; i++) {
      corners[i] = hertz(most * i / (count + 1));
    }
    weights = new float[count][frequencies];
    for (int m = 0; m < count; m++) {
      double area = 2 / (corners[m + 2] - corners[m]);
      for (int f = 0; f < frequencies; f++) {
        double hertz = rate / 2.0 * f / (frequencies - 1);
        double rise = (hertz - corners[m]) / (corners[m + 1] - corners[m]);
        double fall = (corners[m + 2] - hertz) / (corners[m + 2] - corners[m + 1]);
        weights[m][f] = (float) (Math.max(0, Math.min(rise, fall)) * area);
      }
    }
  }

  /** Sum of a spectrum under a triangle. */
  double of(int mel, double[] spectrum) {
    double sum = 0;
    for (int f = 0; f < spectrum.length; f++) {
      sum += weights[mel][f] * spectrum[f];
    }
    return sum;
  }

  private static double mel(double hertz) {
    return hertz < LOG_FROM_HERTZ
        ? 3 * hertz / 200
        : LOG_FROM_MEL + Math.log(hertz / LOG_FROM_HERTZ) * LOG_STEP;
  }

  private static double hertz(double mel) {
    return mel < LOG_FROM_MEL
        ? 200 * mel / 3
        : LOG_FROM_HERTZ * Math.exp((mel - LOG_FROM_MEL) / LOG_STEP);
  }
}
