package dev.lora4j.flow.zimage;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.List;

/**
 * Sizes of a {@code ZImageTransformer2DModel}.
 *
 * @param channels channels of the latents and of the prediction
 * @param width numbers of each token
 * @param blocks number of blocks that text and picture share
 * @param refiners number of blocks of the picture alone, and of the text alone
 * @param heads heads of each attention
 * @param textWidth width of the text conditioning
 * @param epsilon of the norms of tokens
 * @param headNorm whether queries and keys are normalised, head by head
 * @param base of the frequencies of positions
 * @param timeScale what the timestep, from 0 at noise to 1, is multiplied with
 * @param axes numbers of a head that turn by each axis of the positions
 * @param longest positions on each axis
 */
record ZImageConfig(
    int channels,
    int width,
    int blocks,
    int refiners,
    int heads,
    int textWidth,
    double epsilon,
    boolean headNorm,
    double base,
    double timeScale,
    List<Integer> axes,
    List<Integer> longest)
    implements Canonical {
  /** Greatest width of the embedding of the timestep. */
  private static final int TIME = 256;

  /** Copies the lists. */
  ZImageConfig {
    axes = List.copyOf(axes);
    longest = List.copyOf(longest);
  }

  /** Width of the embedding of the timestep. */
  int timeWidth() {
    return Math.min(width, TIME);
  }

  /** Width within feed-forward layers. */
  int inner() {
    return (int) (width / 3.0 * 8);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("ZImageConfig")
        .with("channels", channels)
        .with("width", width)
        .with("blocks", blocks)
        .with("refiners", refiners)
        .with("heads", heads)
        .with("textWidth", textWidth)
        .with("epsilon", epsilon)
        .with("headNorm", headNorm)
        .with("base", base)
        .with("timeScale", timeScale)
        .with("axes", axes)
        .with("longest", longest)
        .text();
  }
}
