package dev.lora4j.whisper.audio;

/**
 * Band-limited interpolation between two sample rates by a windowed sinc, as torchaudio's {@code
 * resample} does by default (Smith, Digital Audio Resampling): a Hann window of 6 zero crossings,
 * cut off at 0.99 of the lower of the two Nyquist frequencies.
 */
final class Resampler {
  private static final int CROSSINGS = 6;
  private static final double ROLLOFF = 0.99;

  /** The most of the reduced rates, so that the filters stay small. */
  private static final int MOST = 96000;

  private final int from;
  private final int to;
  private final int width;
  private final double[][] filters;

  private Resampler(int from, int to) {
    this.from = from;
    this.to = to;
    double base = Math.min(from, to) * ROLLOFF;
    width = (int) Math.ceil(CROSSINGS * from / base);
    filters = new double[to][2 * width + from];
    for (int phase = 0; phase < to; phase++) {
      for (int i = 0; i < filters[phase].length; i++) {
        double t = ((double) -phase / to + (double) (i - width) / from) * base;
        t = Math.max(-CROSSINGS, Math.min(CROSSINGS, t));
        double window = Math.pow(Math.cos(t * Math.PI / CROSSINGS / 2), 2);
        double sinc = t == 0 ? 1 : Math.sin(t * Math.PI) / (t * Math.PI);
        filters[phase][i] = sinc * window * base / from;
      }
    }
  }

  /**
   * From a rate to another.
   *
   * @throws AudioException if a rate is none that recordings have
   */
  static Resampler between(int from, int to) {
    int common = divisor(from, to);
    if (from < 1000 || from > 4 * MOST || to / common > MOST || from / common > MOST) {
      throw new AudioException(
          "A recording has " + from + " samples a second, which cannot be made " + to + ".");
    }
    return new Resampler(from / common, to / common);
  }

  private static int divisor(int a, int b) {
    return b == 0 ? a : divisor(b, a % b);
  }

  /** As many samples as the time takes at the new rate, rounded up. */
  float[] apply(float[] samples) {
    int count = (int) ((samples.length * (long) to + from - 1) / from);
    float[] made = new float[count];
    for (int i = 0; i < count; i++) {
      double[] filter = filters[i % to];
      int begin = i / to * from - width;
      int first = Math.max(0, -begin);
      int last = Math.min(filter.length, samples.length - begin);
      double sum = 0;
      for (int k = first; k < last; k++) {
        sum += filter[k] * samples[begin + k];
      }
      made[i] = (float) sum;
    }
    return made;
  }
}
