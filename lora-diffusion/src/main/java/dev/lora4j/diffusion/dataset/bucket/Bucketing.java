package dev.lora4j.diffusion.dataset.bucket;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The rules by which a picture gets its {@link Bucket}; those of kohya's sd-scripts, with its names
 * and defaults.
 *
 * <ul>
 *   <li>Not enabled: the resolution itself is the only bucket.
 *   <li>Enabled: the sizes whose sides are multiples of {@code step} between {@code least} and
 *       {@code most} and whose area is no larger than the resolution's, for each width the highest;
 *       a picture of such a size gets it, any other the one whose width over height is nearest to
 *       its own, the first of them in order if two are as near.
 *   <li>Without upscaling: a picture whose area is no larger than the resolution's keeps its size,
 *       a larger one is brought to that area; each side is then cut to a multiple of {@code step}.
 *       {@code least} and {@code most} do not count.
 * </ul>
 *
 * @param resolution width and height; their product is the area of all buckets
 * @param enabled whether pictures keep their shape, kohya's {@code enable_bucket}
 * @param least {@code min_bucket_reso}
 * @param most {@code max_bucket_reso}
 * @param step {@code bucket_reso_steps}
 * @param noUpscale {@code bucket_no_upscale}
 */
public record Bucketing(
    Bucket resolution, boolean enabled, int least, int most, int step, boolean noUpscale) {
  private static final int SMALL = 256;

  /**
   * The same rules with another resolution: sides of 256 to 1024 pixels, further where it has no
   * room in these.
   */
  public Bucketing at(int width, int height) {
    int shorter = Math.min(width, height);
    int farthest = Math.max(1024, Math.max(width, height));
    int nearest = shorter < SMALL ? Math.max(1, shorter / 2) : SMALL;
    return new Bucketing(new Bucket(width, height), enabled, nearest, farthest, step, noUpscale);
  }

  /**
   * Sizes near that of a base's own pictures: sides of half to twice of it.
   *
   * @param side of the base's pictures
   * @param unit what sides are multiples of for the base
   */
  public static Bucketing around(int side, int unit) {
    // A base of small pictures has no room for the usual steps of 64 pixels.
    int step = side < SMALL ? unit : Math.max(unit, 64);
    return new Bucketing(new Bucket(side, side), true, side / 2, 2 * side, step, false);
  }

  /** One size for all pictures. */
  public static Bucketing fixed(int width, int height) {
    return new Bucketing(new Bucket(width, height), false, 1, Integer.MAX_VALUE, 1, false);
  }

  /** A copy with least and most sides that are multiples of the step, as sd-scripts rounds them. */
  public Bucketing stepped() {
    int low = Math.max(step, least - least % step);
    int high = most % step == 0 ? most : most + step - most % step;
    return new Bucketing(resolution, enabled, low, high, step, noUpscale);
  }

  /**
   * Reason, as a sentence, for which these rules also give sides that are not multiples of {@code
   * unit}; empty if they do not.
   */
  public Optional<String> unfit(int unit) {
    String wanted = "; the sides of this base's pictures are multiples of " + unit + ".";
    if (enabled) {
      return step % unit == 0
          ? Optional.empty()
          : Optional.of("bucket_reso_steps is " + step + wanted);
    }
    return resolution.multipleOf(unit)
        ? Optional.empty()
        : Optional.of("resolution is " + resolution + ", without buckets" + wanted);
  }

  /** All buckets there can be, in order; none if sizes follow the pictures. */
  public List<Bucket> all() {
    if (!enabled) {
      return List.of(resolution);
    }
    if (noUpscale) {
      return List.of();
    }
    TreeSet<Bucket> all = new TreeSet<>();
    int side = (int) Math.sqrt((double) area()) / step * step;
    all.add(new Bucket(side, side));
    for (int width = least; width <= most; width += step) {
      int height = (int) Math.min(most, area() / width / step * step);
      if (height >= least) {
        all.add(new Bucket(width, height));
        all.add(new Bucket(height, width));
      }
    }
    return List.copyOf(all);
  }

  /** Mistakes in these rules, a sentence each; empty if there are none. */
  public List<String> mistakes() {
    List<String> mistakes = new ArrayList<>();
    if (step < 1 || step % 8 != 0) {
      mistakes.add("bucket_reso_steps is " + step + "; expected a multiple of 8.");
    }
    if (least < 1 || least > most) {
      mistakes.add(
          "min_bucket_reso is " + least + " and max_bucket_reso " + most + "; expected an order.");
    }
    if (most < Math.max(resolution.width(), resolution.height())) {
      mistakes.add(
          "max_bucket_reso is "
              + most
              + ", less than a side of the resolution "
              + resolution
              + ".");
    }
    if (least > Math.min(resolution.width(), resolution.height())) {
      mistakes.add(
          "min_bucket_reso is "
              + least
              + ", more than a side of the resolution "
              + resolution
              + ".");
    }
    if (step > 0 && area() < (long) step * step) {
      mistakes.add("The resolution " + resolution + " is smaller than bucket_reso_steps.");
    }
    return enabled ? mistakes : List.of();
  }

  /**
   * Fit of a picture of this size into its bucket. Without upscaling, a side smaller than a step
   * leaves a bucket of no pixels, see {@link Bucket#width}.
   */
  public BucketFit fit(int width, int height) {
    return enabled && noUpscale
        ? shrunk(width, height)
        : covering(nearest(width, height), width, height);
  }

  private Bucket nearest(int width, int height) {
    double aspect = width / (double) height;
    Bucket nearest = resolution;
    double least = Double.MAX_VALUE;
    for (Bucket bucket : all()) {
      if (bucket.width() == width && bucket.height() == height) {
        return bucket;
      }
      double off = Math.abs(bucket.aspect() - aspect);
      if (off < least) {
        least = off;
        nearest = bucket;
      }
    }
    return nearest;
  }

  private static BucketFit covering(Bucket bucket, int width, int height) {
    boolean wider = width / (double) height > bucket.aspect();
    double scale = wider ? bucket.height() / (double) height : bucket.width() / (double) width;
    int w = Math.max(bucket.width(), rounded(width * scale));
    int h = Math.max(bucket.height(), rounded(height * scale));
    return new BucketFit(bucket, w, h, scale);
  }

  private BucketFit shrunk(int width, int height) {
    double aspect = width / (double) height;
    int w = width;
    int h = height;
    if ((long) width * height > area()) {
      double exact = Math.sqrt((double) area() * aspect);
      int byWidth = stepped(exact);
      int byHeight = stepped(area() / exact);
      double widthFirst = byWidth / (double) stepped(byWidth / aspect);
      double heightFirst = stepped(byHeight * aspect) / (double) byHeight;
      // Keep the side whose rounding changes the shape less.
      boolean keepWidth = Math.abs(widthFirst - aspect) < Math.abs(heightFirst - aspect);
      w = keepWidth ? byWidth : rounded(byHeight * aspect);
      h = keepWidth ? rounded(byWidth / aspect) : byHeight;
    }
    return new BucketFit(new Bucket(w - w % step, h - h % step), w, h, w / (double) width);
  }

  private long area() {
    return (long) resolution.width() * resolution.height();
  }

  private int stepped(double x) {
    return rounded(x) / step * step;
  }

  private static int rounded(double x) {
    return (int) (x + 0.5);
  }
}
