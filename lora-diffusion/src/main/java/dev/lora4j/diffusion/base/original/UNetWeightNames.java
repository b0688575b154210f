package dev.lora4j.diffusion.base.original;

import dev.lora4j.diffusion.family.stablediffusion.UNetNames;
import dev.lora4j.diffusion.unet.UNetConfig;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of a denoiser's weights in the original layout, which numbers all blocks of a direction in
 * one row, the samplers between resolutions among them.
 */
record UNetWeightNames(UNetConfig config) implements UNetNames.Rows {
  private static final Pattern BLOCK =
      Pattern.compile("(down|up)_blocks\\.(\\d+)(?:\\.(\\w+)\\.(\\d+)\\..*)?");

  /** The original name of the weight that diffusers calls {@code name}, without a prefix. */
  String of(String name) {
    int dot = name.lastIndexOf('.');
    return UNetNames.path(name.substring(0, dot), this)
            .orElseThrow(() -> new IllegalArgumentException(name + " is no weight of a denoiser."))
        + name.substring(dot);
  }

  @Override
  public Optional<Integer> number(String layer) {
    Matcher block = BLOCK.matcher(layer);
    if (!block.matches() || block.group(3) == null) {
      return Optional.empty();
    }
    boolean down = block.group(1).equals("down");
    int first = Integer.parseInt(block.group(2)) * (config.layersPerBlock() + 1) + (down ? 1 : 0);
    // A sampler comes after a resolution's layers going down, and is in the last block going up.
    boolean sampler = block.group(3).endsWith("samplers");
    return Optional.of(
        first + (sampler ? config.layersPerBlock() : Integer.parseInt(block.group(4))));
  }

  @Override
  public boolean attends(String block) {
    Matcher parts = BLOCK.matcher(block);
    return parts.matches() && config.upCrossAttention().get(Integer.parseInt(parts.group(2)));
  }
}
