package dev.lora4j.cli.evaluate;

import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.judge.JudgedSample;

/**
 * A picture to be judged, and its line in the manifest.
 *
 * @param file its name below the folder of the manifest
 * @param concept number of the requested concept
 * @param style the style that is judged, or another that the prompt named
 * @param adapter name of the adapter, or {@value #NONE}
 * @param weight the adapter's; 0 for the base alone
 */
record Judged(
    String file,
    int concept,
    String style,
    String adapter,
    double weight,
    long seed,
    Picture picture) {
  static final String NONE = "none";

  /** True if an adapter took part. */
  boolean adapted() {
    return weight != 0;
  }

  JudgedSample shown() {
    return new JudgedSample(picture, concept);
  }

  /** Another picture in the same place. */
  JudgedSample shown(Picture other) {
    return new JudgedSample(other, concept);
  }
}
