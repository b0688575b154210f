package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.bucket.Bucket;
import dev.lora4j.diffusion.dataset.bucket.BucketFit;
import dev.lora4j.diffusion.dataset.cache.CacheKey;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.diffusion.dataset.image.Resampling;
import java.nio.file.Path;
import java.util.Optional;

/** Makes the pixels and masks of draws from their files. */
public final class DrawnPictures {
  /** Raised when the same draw becomes other pixels. */
  private static final int VERSION = 1;

  private static final int ALPHA = 3;

  private DrawnPictures() {}

  /**
   * The picture of a draw: turned upright, on the background, resized, cropped, with its colours
   * changed, mirrored.
   *
   * @throws DataSetException if the file is not what was surveyed any more
   */
  public static Picture picture(TrainingDraw draw) {
    DataItem item = draw.item();
    PixelMap whole = decoded(item.file(), item.sha256()).over(item.source().background());
    PixelMap shown = draw.colour().of(placed(draw, whole));
    PixelMap turned = draw.flipped() ? shown.flipped() : shown;
    Bucket size = item.fit().bucket();
    return new Picture(
        item.file().toString(), draw.caption(), size.width(), size.height(), turned.planes());
  }

  /**
   * A reference picture of a draw: on the background, in the bucket's size, its middle, mirrored
   * where the picture is.
   *
   * @param number which of the item's
   * @throws DataSetException if the file is not what was surveyed any more
   */
  public static Picture reference(TrainingDraw draw, int number) {
    DataItem item = draw.item();
    ReferencePicture reference = item.references().get(number);
    BucketFit fit = reference.fit();
    Bucket size = fit.bucket();
    PixelMap whole = decoded(reference.file(), reference.sha256()).over(item.source().background());
    PixelMap shown =
        Resampling.LANCZOS
            .resize(whole, fit.width(), fit.height())
            .cropped(fit.spareX() / 2, fit.spareY() / 2, size.width(), size.height());
    PixelMap turned = draw.flipped() ? shown.flipped() : shown;
    return new Picture(
        reference.file().toString(), "", size.width(), size.height(), turned.planes());
  }

  /** A key that also has everything that the pixels of a reference picture depend on. */
  public static CacheKey referenceKey(CacheKey computed, TrainingDraw draw, int number) {
    ReferencePicture reference = draw.item().references().get(number);
    return computed
        .with("reference pixels", VERSION)
        .with("file", reference.sha256())
        .with("resized", reference.fit().width() + "x" + reference.fit().height())
        .with("bucket", reference.fit().bucket())
        .with("flipped", draw.flipped())
        .with("background", draw.item().source().background());
  }

  /**
   * Weights of the latents' positions from the picture's mask: [1, height / factor, width / factor]
   * row by row, 0 to 1, each the mean over its pixels; empty without a mask. A mask of a folder is
   * taken by its red channel, as kohya does.
   *
   * @param factor pixels per place and direction, 8 for Stable Diffusion
   * @throws DataSetException if the file is not what was surveyed any more
   */
  public static Optional<float[]> mask(TrainingDraw draw, int factor) {
    DataItem item = draw.item();
    Optional<PixelMap> said =
        item.mask().map(file -> decoded(file, item.maskSha256().orElseThrow()).channel(0));
    if (said.isEmpty() && item.source().masking().alpha()) {
      PixelMap own = decoded(item.file(), item.sha256());
      said = own.channels() > ALPHA ? Optional.of(own.channel(ALPHA)) : Optional.empty();
    }
    return said.map(
        map -> {
          PixelMap shown = placed(draw, map);
          return means(draw.flipped() ? shown.flipped() : shown, factor);
        });
  }

  /** A key that also has everything that the pixels of a draw depend on. */
  public static CacheKey key(CacheKey computed, TrainingDraw draw) {
    DataItem item = draw.item();
    return computed
        .with("pixels", VERSION)
        .with("file", item.sha256())
        .with("resized", item.fit().width() + "x" + item.fit().height())
        .with("bucket", item.fit().bucket())
        .with("crop", draw.cropX() + "," + draw.cropY())
        .with("flipped", draw.flipped())
        .with("colour", draw.colour())
        .with("background", item.source().background());
  }

  private static PixelMap decoded(Path path, String sha256) {
    try {
      PictureFile file = PictureFile.read(path);
      if (!file.sha256().equals(sha256)) {
        throw new DataSetException(path, "has changed since the run began; begin it again.");
      }
      return file.decode();
    } catch (PictureFileException e) {
      throw new DataSetException(path, e.sentence());
    }
  }

  private static PixelMap placed(TrainingDraw draw, PixelMap whole) {
    BucketFit fit = draw.item().fit();
    return Resampling.LANCZOS
        .resize(whole, fit.width(), fit.height())
        .cropped(draw.cropX(), draw.cropY(), fit.bucket().width(), fit.bucket().height());
  }

  private static float[] means(PixelMap mask, int factor) {
    int width = mask.width() / factor;
    int height = mask.height() / factor;
    float[] means = new float[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        long sum = 0;
        for (int i = 0; i < factor * factor; i++) {
          sum += mask.at(x * factor + i % factor, y * factor + i / factor, 0);
        }
        means[y * width + x] = sum / (255f * factor * factor);
      }
    }
    return means;
  }
}
