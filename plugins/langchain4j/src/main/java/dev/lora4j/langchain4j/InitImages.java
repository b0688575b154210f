package dev.lora4j.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.request.InitImage;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Base64;

/**
 * Pictures to begin with.
 *
 * @param strength how much of them may change
 */
record InitImages(double strength) {
  /** What shows where a picture is transparent. */
  private static final int WHITE = 255;

  /**
   * The picture of a request.
   *
   * @throws UnsupportedFeatureException if it is an address
   * @throws InvalidRequestException if it is no picture
   */
  InitImage of(Image image) {
    if (image.base64Data() == null) {
      throw new UnsupportedFeatureException(
          "url of an image cannot be used with lora4j: nothing is fetched. Give base64Data.");
    }
    try {
      byte[] file = Base64.getDecoder().decode(image.base64Data());
      BufferedImage pixels = PictureFile.of(file).decode().over(WHITE).image();
      return InitImage.of(
          Picture.of("image", "", pixels, pixels.getWidth(), pixels.getHeight(), Color.WHITE),
          strength);
    } catch (PictureFileException e) {
      throw new InvalidRequestException("The picture " + e.sentence(), e);
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException("base64Data of the picture: " + e.getMessage(), e);
    }
  }
}
