package dev.lora4j.diffusion.preference;

import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.caption.CaptionSettings;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.nio.file.Path;
import java.util.List;

/**
 * Settings of how pairs are trained on.
 *
 * @param bucketing which sizes
 * @param batch pairs per step
 * @param seed chooses the pairs that are held out
 * @param heldOut share of the pairs held out, from 0 to below 1
 * @param captionDropout share of captions left out
 */
public record PairSettings(
    Bucketing bucketing, int batch, long seed, double heldOut, double captionDropout) {
  /** Checks the shares. */
  public PairSettings {
    if (!(heldOut >= 0 && heldOut < 1)) {
      throw new IllegalArgumentException(
          "The share of pairs held out must be from 0 to below 1, found " + heldOut + ".");
    }
  }

  DataGroup group(Path folder) {
    DataSource source = DataSource.of(folder).with(CaptionSettings.DEFAULT.dropout(captionDropout));
    return new DataGroup(bucketing, batch, seed, List.of(source));
  }
}
