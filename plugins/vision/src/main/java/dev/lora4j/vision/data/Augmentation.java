package dev.lora4j.vision.data;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.image.PixelMap;

/**
 * Changes by chance when a picture is learned from again.
 *
 * @param flip whether half of them are mirrored left to right
 * @param crop whether any part of the size that the network reads is cut out, and not the middle
 */
public record Augmentation(boolean flip, boolean crop) implements Canonical {
  /** Both. */
  public static final Augmentation USUAL = new Augmentation(true, true);

  /** Pictures as they are. */
  public static final Augmentation NONE = new Augmentation(false, false);

  /**
   * The part of a resized picture that is learned from.
   *
   * @param noise of this picture in this step; the same numbers are drawn whatever is asked for
   */
  public PixelMap of(PixelMap resized, PicturePreparation how, SeededNoise noise) {
    boolean mirrored = noise.uniform() < 0.5;
    int x = noise.index(resized.width() - how.size() + 1);
    int y = noise.index(resized.height() - how.size() + 1);
    PixelMap part = crop ? resized.cropped(x, y, how.size(), how.size()) : how.middle(resized);
    return flip && mirrored ? part.flipped() : part;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Augmentation").with("flip", flip).with("crop", crop).text();
  }
}
