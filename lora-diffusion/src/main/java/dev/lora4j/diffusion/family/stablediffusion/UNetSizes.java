package dev.lora4j.diffusion.family.stablediffusion;

import java.util.List;

/**
 * The sizes of the denoiser of a Stable Diffusion model, from its {@code unet/config.json}.
 *
 * @param channels per resolution, finest first
 * @param depths transformer blocks in a row per resolution; 0 where nothing attends to the text
 * @param middle transformer blocks in a row in the middle
 * @param context width of the text's hidden states
 * @param linear whether the transformers' {@code proj_in} and {@code proj_out} are linear layers
 *     instead of 1x1 convolutions
 * @param conditions width of what is added to the timestep (pooled text, sizes); 0 for none
 */
record UNetSizes(
    List<Integer> channels,
    List<Integer> depths,
    int middle,
    int context,
    boolean linear,
    int conditions) {
  /** Channels of the latents, in and out. */
  static final int LATENTS = 4;

  /** Residual blocks per resolution on the way down; there is one more on the way up. */
  static final int RESNETS = 2;

  UNetSizes {
    channels = List.copyOf(channels);
    depths = List.copyOf(depths);
  }

  int levels() {
    return channels.size();
  }

  /** Width of the embedding of the timestep. */
  int time() {
    return 4 * channels.get(0);
  }
}
