package dev.lora4j.diffusion.evaluation;

import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.judge.JudgedSample;
import java.util.Optional;

/**
 * Picture to be judged, and its line in the manifest.
 *
 * @param file its name below the folder of the manifest
 * @param concept number of the requested concept
 * @param style the style that is judged, or another that the prompt named
 * @param adapter name of the adapter, or {@value #NONE}
 * @param weight the adapter's; 0 for the base alone
 * @param seed of the picture's noise
 * @param picture its pixels, in the size that judges look at
 * @param verdict what the judges said of it; empty as long as they were not asked
 */
public record JudgedPicture(
    String file,
    int concept,
    String style,
    String adapter,
    double weight,
    long seed,
    Picture picture,
    Optional<PictureVerdict> verdict) {
  /** Name of no adapter. */
  public static final String NONE = "none";

  /** True if an adapter took part. */
  public boolean adapted() {
    return weight != 0;
  }

  /** A copy that was judged. */
  public JudgedPicture judged(PictureVerdict said) {
    return new JudgedPicture(
        file, concept, style, adapter, weight, seed, picture, Optional.of(said));
  }

  /** Another picture in the same place. */
  JudgedSample shown(Picture other) {
    return new JudgedSample(other, concept);
  }
}
