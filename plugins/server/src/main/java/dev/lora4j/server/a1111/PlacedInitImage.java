package dev.lora4j.server.a1111;

import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.diffusion.request.InitImage;
import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * Init image of a picture, and the place of what is made of it in a larger picture.
 *
 * @param image in the size of the picture that is made
 * @param place in a larger picture; absent if the picture is answered as it is made
 */
record PlacedInitImage(InitImage image, Optional<Place> place) {
  /** A part of a larger picture, which alone is made anew. */
  record Place(PixelMap picture, SoftMask mask, Box box) {
    private static final int RGB = 3;

    /** The larger picture with the part that was made, as far as the mask lets it through. */
    BufferedImage around(BufferedImage made) {
      PixelMap part = ResizeMode.STRETCH.resized(pixels(made), box.width(), box.height());
      byte[] samples = picture.samples().clone();
      for (int y = 0; y < box.height(); y++) {
        for (int x = 0; x < box.width(); x++) {
          int pixel = (box.y() + y) * picture.width() + box.x() + x;
          float share = mask.share()[pixel];
          for (int c = 0; c < RGB; c++) {
            int before = samples[pixel * RGB + c] & 0xff;
            samples[pixel * RGB + c] =
                (byte) Math.round(share * part.at(x, y, c) + (1 - share) * before);
          }
        }
      }
      return new PixelMap(picture.width(), picture.height(), RGB, samples).image();
    }

    private static PixelMap pixels(BufferedImage image) {
      int w = image.getWidth();
      int[] packed = image.getRGB(0, 0, w, image.getHeight(), null, 0, w);
      byte[] samples = new byte[packed.length * RGB];
      for (int i = 0; i < packed.length; i++) {
        samples[i * RGB] = (byte) (packed[i] >> 16);
        samples[i * RGB + 1] = (byte) (packed[i] >> 8);
        samples[i * RGB + 2] = (byte) packed[i];
      }
      return new PixelMap(w, image.getHeight(), RGB, samples);
    }
  }

  /** The answered picture. */
  BufferedImage finished(BufferedImage made) {
    return place.map(p -> p.around(made)).orElse(made);
  }
}
