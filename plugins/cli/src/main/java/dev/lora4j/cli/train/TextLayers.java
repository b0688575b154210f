package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.style.StyleSettings;

/** Layer of the text encoders that a style is trained with, as users count them: from the end. */
final class TextLayers {
  private TextLayers() {}

  /**
   * The settings for a base. Stable Diffusion XL and 3 get the last layer but one by themselves, so
   * that the last and the last but one are the same there; sd-scripts does not look at the number
   * for them.
   *
   * @param style with the layers that are left out after the last
   */
  static StyleSettings of(Console console, StableDiffusion base, StyleSettings style) {
    int left = style.clipSkip();
    boolean itself = base.base().arrangement().parts().get(0).looksBefore();
    if (!itself || left == 0) {
      return style;
    }
    console.note(
        "clip_skip = "
            + (left + 1)
            + " counts from the end of the text encoders, of which "
            + (base.base().xl() ? "Stable Diffusion XL" : "this base")
            + " gets the last layer but one by itself: "
            + (left == 1 ? "nothing" : left - 1)
            + " more is left out.");
    return style.withClipSkip(left - 1);
  }
}
