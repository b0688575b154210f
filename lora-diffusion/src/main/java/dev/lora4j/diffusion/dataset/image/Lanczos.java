package dev.lora4j.diffusion.dataset.image;

/**
 * Resizing with Lanczos' window of three lobes (Turkowski 1990), which is widened when pictures
 * become smaller, so that each source pixel counts and nothing aliases. Sums are of 22 fractional
 * bits and rounded once per direction, first across, then down, as Pillow's {@code LANCZOS} does:
 * the bytes are the same.
 */
public final class Lanczos {
  private static final double LOBES = 3;
  private static final int BITS = 22;
  private static final int HALF = 1 << (BITS - 1);

  private Lanczos() {}

  /** {@code source} in another size; alpha, if any, has to be resolved before. */
  public static PixelMap resize(PixelMap source, int width, int height) {
    PixelMap across = source.width() == width ? source : across(source, width);
    return across.height() == height ? across : down(across, height);
  }

  private static PixelMap across(PixelMap source, int width) {
    Taps taps = Taps.of(source.width(), width);
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

  private static PixelMap down(PixelMap source, int height) {
    Taps taps = Taps.of(source.height(), height);
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

    static Taps of(int from, int to) {
      Taps taps = new Taps(to);
      double scale = from / (double) to;
      double stretch = Math.max(scale, 1);
      double reach = LOBES * stretch;
      for (int i = 0; i < to; i++) {
        double middle = (i + 0.5) * scale;
        int begin = (int) Math.max(0, middle - reach + 0.5);
        int end = (int) Math.min(from, middle + reach + 0.5);
        double[] exact = new double[end - begin];
        double total = 0;
        for (int k = 0; k < exact.length; k++) {
          exact[k] = window((k + begin - middle + 0.5) / stretch);
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

    private static double window(double x) {
      return x >= -LOBES && x < LOBES ? sinc(x) * sinc(x / LOBES) : 0;
    }

    private static double sinc(double x) {
      return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
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
