package dev.lora4j.diffusion.dataset.source;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Source of the masks, which weigh parts of pictures.
 *
 * @param alpha whether the pictures' own transparency is the mask ({@code alpha_mask}): transparent
 *     parts do not count
 * @param folder pictures named like those trained on, whose brightness is the mask ({@code
 *     conditioning_data_dir}); a picture without one there counts as a whole
 */
public record MaskSource(boolean alpha, Optional<Path> folder) {
  /** All of each picture counts. */
  public static final MaskSource NONE = new MaskSource(false, Optional.empty());
}
