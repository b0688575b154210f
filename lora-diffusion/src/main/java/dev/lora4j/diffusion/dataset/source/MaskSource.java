package dev.lora4j.diffusion.dataset.source;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Source of the masks, which weigh parts of pictures.
 *
 * @param alpha whether the pictures' own transparency says it ({@code alpha_mask}): what cannot be
 *     seen does not count
 * @param folder pictures named like those trained on, whose brightness says it ({@code
 *     conditioning_data_dir}); a picture without one there counts as a whole
 */
public record MaskSource(boolean alpha, Optional<Path> folder) {
  /** All of each picture counts. */
  public static final MaskSource NONE = new MaskSource(false, Optional.empty());
}
