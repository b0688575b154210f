package dev.lora4j.diffusion.base.original;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.diffusion.unet.UNetConfig;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A denoiser in the layout of first publication.
 *
 * @param config its sizes
 * @param prefix what the names of its tensors begin with
 */
public record OriginalDenoiser(UNetConfig config, String prefix) {
  /** Prefix in a file with all networks. */
  public static final String WHOLE = "model.diffusion_model.";

  private static final String FIRST = "input_blocks.0.0.weight";
  private static final List<String> PREFIXES = List.of(WHOLE, "diffusion_model.", "");

  /**
   * The prefix in a file; empty if it has no denoiser in this layout.
   *
   * @param names of the file's tensors
   */
  public static Optional<String> prefix(Set<String> names) {
    return PREFIXES.stream().filter(prefix -> names.contains(prefix + FIRST)).findFirst();
  }

  /** Location of one of its weights. */
  public Placement place(Parameter parameter) {
    return Placement.of("", prefix + new UNetWeightNames(config).of(parameter.name()));
  }
}
