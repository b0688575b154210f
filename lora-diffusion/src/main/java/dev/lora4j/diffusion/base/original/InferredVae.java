package dev.lora4j.diffusion.base.original;

import dev.lora4j.diffusion.vae.VaeConfig;
import java.util.List;
import java.util.stream.IntStream;

/** The sizes of an autoencoder, from the names and shapes of its weights. */
final class InferredVae {
  private static final int GROUPS = 32;

  private final KeyTree keys;
  private final String prefix;

  InferredVae(KeyTree keys, String prefix) {
    this.keys = keys;
    this.prefix = prefix;
  }

  VaeConfig config(double scalingFactor) {
    String down = prefix + "encoder.down.";
    int levels = keys.count(down);
    if (levels == 0) {
      throw keys.refused(
          "it has no autoencoder below "
              + prefix
              + ". Give a whole checkpoint, not a denoiser alone.");
    }
    List<Integer> channels =
        IntStream.range(0, levels)
            .mapToObj(l -> keys.size(down + l + ".block.0.conv2.weight", 0))
            .toList();
    if (channels.stream().anyMatch(c -> c % GROUPS != 0)) {
      throw keys.refused(
          "its autoencoder has "
              + channels
              + " channels, from which the groups of its norms cannot be told. Give the folder with"
              + " its configuration (--base-config).");
    }
    return new VaeConfig(
        keys.size(prefix + "encoder.conv_in.weight", 1),
        keys.size(prefix + "decoder.conv_out.weight", 0),
        keys.size(prefix + "post_quant_conv.weight", 0),
        channels,
        keys.count(down + "0.block."),
        GROUPS,
        scalingFactor,
        0);
  }
}
