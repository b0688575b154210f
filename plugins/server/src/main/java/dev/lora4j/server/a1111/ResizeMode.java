package dev.lora4j.server.a1111;

import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.diffusion.dataset.image.Resampling;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.json.JsonFields;

/** How a picture is brought to another size. */
enum ResizeMode {
  /** Stretched. */
  STRETCH,
  /** Made to cover the new size and cut to its middle. */
  CROP,
  /** Made to fit into the new size, with its edges drawn out over the rest. */
  FILL;

  private static final int LATENT_UPSCALE = 3;

  /**
   * Reads {@code resize_mode}.
   *
   * @throws HttpProblem 422 for the one that is done to latents
   */
  static ResizeMode of(JsonFields body) {
    int mode = body.integer("resize_mode", 0, LATENT_UPSCALE).orElse(0);
    if (mode == LATENT_UPSCALE) {
      throw A1111Problem.unusable(
          "resize_mode 3 is not supported: latents are not made larger. Send 0, 1 or 2.");
    }
    return values()[mode];
  }

  /** The picture in the new size. */
  PixelMap resized(PixelMap picture, int width, int height) {
    if (picture.width() == width && picture.height() == height) {
      return picture;
    }
    if (this == STRETCH) {
      return Resampling.LANCZOS.resize(picture, width, height);
    }
    boolean wider = (long) width * picture.height() > (long) height * picture.width();
    boolean byWidth = wider == (this == CROP);
    int w = byWidth ? width : Math.max(1, picture.width() * height / picture.height());
    int h = byWidth ? Math.max(1, picture.height() * width / picture.width()) : height;
    return placed(Resampling.LANCZOS.resize(picture, w, h), width, height);
  }

  /** Laid into the middle of a size; what is outside is cut, what is missing is like the edge. */
  private static PixelMap placed(PixelMap part, int width, int height) {
    int channels = part.channels();
    byte[] samples = new byte[width * height * channels];
    for (int y = 0; y < height; y++) {
      int fromY = Math.min(part.height() - 1, Math.max(0, y - (height - part.height()) / 2));
      for (int x = 0; x < width; x++) {
        int fromX = Math.min(part.width() - 1, Math.max(0, x - (width - part.width()) / 2));
        int from = (fromY * part.width() + fromX) * channels;
        System.arraycopy(part.samples(), from, samples, (y * width + x) * channels, channels);
      }
    }
    return new PixelMap(width, height, channels, samples);
  }
}
