package dev.lora4j.diffusion.dataset.source;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * Augmentations of pictures, drawn for each draw; the names in parentheses are kohya's.
 *
 * @param flip whether half of the draws are mirrored ({@code flip_aug})
 * @param colour whether hue and brightness vary a little ({@code color_aug})
 * @param randomCrop whether the crop is drawn for each draw, instead of the same on both sides
 *     ({@code random_crop})
 */
public record Augmentations(boolean flip, boolean colour, boolean randomCrop) implements Canonical {
  /** Always the same picture. */
  public static final Augmentations NONE = new Augmentations(false, false, false);

  /**
   * True if a picture has so few forms that each is worth storing: one, or two if it is mirrored.
   */
  public boolean storable() {
    return !colour && !randomCrop;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Augmentations")
        .with("flip", flip)
        .with("colour", colour)
        .with("randomCrop", randomCrop)
        .text();
  }
}
