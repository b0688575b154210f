package dev.lora4j.diffusion.request;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.diffusion.dataset.Picture;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A picture that the denoiser sees beside the one that it makes, as FLUX.1 Kontext and FLUX.2 do:
 * what the text speaks of, to be changed or to be put into another scene.
 *
 * @param picture of any size whose sides the base can divide
 */
public record ReferenceImage(Picture picture) {
  /**
   * A picture brought to a size that the base can divide, and made smaller if it has more pixels
   * than the base's own pictures; what is left over at two sides is cut off.
   *
   * @param name where it came from
   * @param unit unit of the base's picture sizes
   * @param side side of the base's own pictures
   */
  public static ReferenceImage fitted(String name, BufferedImage image, int unit, int side) {
    double pixels = (double) image.getWidth() * image.getHeight();
    double scale = Math.min(1, side / Math.sqrt(pixels));
    int width = PictureSizeRules.below(unit, (int) (image.getWidth() * scale));
    int height = PictureSizeRules.below(unit, (int) (image.getHeight() * scale));
    return new ReferenceImage(Picture.of(name, "", image, width, height, Color.WHITE));
  }

  /** SHA-256 of its size and pixels, in hexadecimal. */
  public String hash() {
    MessageDigest digest = Digests.sha256();
    digest.update(
        ByteBuffer.allocate(2 * Integer.BYTES)
            .putInt(picture.width())
            .putInt(picture.height())
            .array());
    digest.update(picture.rgb());
    return Digests.hex(digest);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ReferenceImage image
        && image.picture.width() == picture.width()
        && image.picture.height() == picture.height()
        && Arrays.equals(image.picture.rgb(), picture.rgb());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(picture.rgb());
  }
}
