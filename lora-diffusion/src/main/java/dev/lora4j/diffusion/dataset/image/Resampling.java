package dev.lora4j.diffusion.dataset.image;

/**
 * Windows of resizing (Turkowski 1990). They are widened when pictures become smaller, so that each
 * source pixel counts and nothing aliases. Sums are of 22 fractional bits and rounded once per
 * direction, first across, then down, but the other way round where the height shrinks by more than
 * twice what the width does, as Pillow 13's {@code resize} does: the bytes are the same.
 */
public enum Resampling {
  /** A triangle over two pixels. */
  BILINEAR(1) {
    @Override
    double window(double x) {
      return Math.max(0, 1 - Math.abs(x));
    }
  },
  /** Cubic convolution over four pixels with a slope of -1/2 (Keys 1981). */
  BICUBIC(2) {
    @Override
    double window(double x) {
      double t = Math.abs(x);
      if (t < 1) {
        return ((SLOPE + 2) * t - (SLOPE + 3)) * t * t + 1;
      }
      return t < 2 ? SLOPE * (((t - 5) * t + 8) * t - 4) : 0;
    }
  },
  /** Lanczos' window of three lobes. */
  LANCZOS(3) {
    @Override
    double window(double x) {
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
    }
  };

  private static final double SLOPE = -0.5;
  private static final int BITS = 22;
  private static final int HALF = 1 << (BITS - 1);

  private final double lobes;

  Resampling(double lobes) {
    this.lobes = lobes;
  }

  /** Weight of a source pixel at a distance, before all are divided by their sum. */
  abstract double window(double x);

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
  }

  /** {@code source} in another size; alpha, if any, has to be resolved before. */
  public PixelMap resize(PixelMap source, int width, int height) {
    int lower = source.height() - height;
    boolean downFirst = lower > 0 && lower > 2L * (source.width() - width);
    return downFirst ? across(down(source, height), width) : down(across(source, width), height);
  }

  private PixelMap across(PixelMap source, int width) {
    if (source.width() == width) {
      return source;
    }
    Taps taps = Taps.of(this, source.width(), width);
    int channels = source.channels();
    byte[] in = source.samples();
    byte[] out = new byte[width * source.height() * channels];
    for (int y = 0; y < source.height(); y++) {
      for (int x = 0; x < width; x++) {
        int first = (y * source.width() + taps.first[x]) * channels;
        for (int c = 0; c < channels; c++) {
          out[(y * width + x) * channels + c] = taps.sum(x, in, first + c, channels);
        }
      }
    }
    return new PixelMap(width, source.height(), channels, out);
  }

  private PixelMap down(PixelMap source, int height) {
    if (source.height() == height) {
      return source;
    }
    Taps taps = Taps.of(this, source.height(), height);
    int row = source.width() * source.channels();
    byte[] out = new byte[row * height];
    for (int y = 0; y < height; y++) {
      for (int i = 0; i < row; i++) {
        out[y * row + i] = taps.sum(y, source.samples(), taps.first[y] * row + i, row);
      }
    }
    return new PixelMap(source.width(), height, source.channels(), out);
  }

  /** Weights of the source pixels of each place of the result. */
  private static final class Taps {
    private final int[] first;
    private final int[][] weights;

    private Taps(int size) {
      first = new int[size];
      weights = new int[size][];
    }

    static Taps of(Resampling how, int from, int to) {
      Taps taps = new Taps(to);
      double scale = from / (double) to;
      double stretch = Math.max(scale, 1);
      double reach = how.lobes * stretch;
      for (int i = 0; i < to; i++) {
        double middle = (i + 0.5) * scale;
        int begin = (int) Math.max(0, middle - reach + 0.5);
        int end = (int) Math.min(from, middle + reach + 0.5);
        double[] exact = new double[end - begin];
        double total = 0;
        for (int k = 0; k < exact.length; k++) {
          exact[k] = how.window((k + begin - middle + 0.5) / stretch);
          total += exact[k];
        }
        taps.first[i] = begin;
        taps.weights[i] = new int[exact.length];
        for (int k = 0; k < exact.length; k++) {
          double share = exact[k] / total * (1 << BITS);
          taps.weights[i][k] = (int) (share < 0 ? share - 0.5 : share + 0.5);
        }
      }
      return taps;
    }

    byte sum(int place, byte[] in, int from, int stride) {
      int sum = HALF;
      int at = from;
      for (int weight : weights[place]) {
        sum += (in[at] & 0xff) * weight;
        at += stride;
      }
      return (byte) Math.max(0, Math.min(255, sum >> BITS));
    }
  }
}
