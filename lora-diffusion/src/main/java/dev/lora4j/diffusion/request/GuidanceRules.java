package dev.lora4j.diffusion.request;

import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.nio.file.Path;

/** Rules of negative texts and true CFG scales. */
public final class GuidanceRules {
  private GuidanceRules() {}

  /**
   * Refuses a negative text or a true CFG scale that would not count.
   *
   * @param path of the base
   * @throws IllegalArgumentException saying why, and what to do
   */
  public static void require(Path path, DenoiserNetwork denoiser, Prompt prompt) {
    // Servers tell their clients, who need not know where it lies.
    String base = String.valueOf(path.getFileName());
    boolean scaled = prompt.trueCfg().orElse(1) > 1;
    if (denoiser.guidanceWidth() == 0) {
      if (scaled) {
        throw new IllegalArgumentException(
            base
                + " is not told the guidance scale, so its guidance scale is that of true CFG; give "
                + prompt.trueCfg().getAsDouble()
                + " as the guidance scale (--guidance) in place of the true CFG scale.");
      }
    } else if (!denoiser.takesTrueCfg()) {
      if (scaled || !prompt.negative().isEmpty()) {
        throw new IllegalArgumentException(
            base
                + " is guided within, as it is told the guidance scale, so it takes no "
                + (scaled ? "true CFG scale" : "negative text")
                + "; leave it out.");
      }
    } else if (!scaled && !prompt.negative().isEmpty()) {
      throw new IllegalArgumentException(
          base
              + " is guided within, as it is told the guidance scale, so a negative text counts"
              + " only with a true CFG scale above 1; give one, for example --true-cfg 4, or leave"
              + " the negative text out.");
    }
  }
}
