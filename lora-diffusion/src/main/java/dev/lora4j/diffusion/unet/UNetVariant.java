package dev.lora4j.diffusion.unet;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.List;
import java.util.Optional;

/**
 * Differences of a UNet2DConditionModel from Stable Diffusion's, named as in its {@code
 * config.json} where that has one word for it.
 *
 * @param downsamplePadding 1, or 0 for a column and a row of zeros at the right and the bottom
 *     alone
 * @param middle what the coarsest resolution has between the way down and the way up
 * @param middleScale what the outputs of the middle's residual blocks are divided by
 * @param centred whether latents are doubled and lowered by 1 before all else
 * @param sinesFirst whether the sines of a timestep come before its cosines
 * @param frequencyShift how much less than half of the sinusoids their frequencies spread over
 * @param timeWidth width of the embedding of the timestep; 0 for four times the finest channels
 * @param afterTimestep what the embedding of the timestep alone ends with
 * @param afterTime what the embedding of timestep and added conditioning ends with
 * @param guidanceWidth width of the embedding of the guidance scale, which denoisers of latent
 *     consistency take; 0 without it
 * @param downDepths transformer blocks after each residual block on the way down, by resolution;
 *     none if those of a resolution are alike
 * @param upDepths the same on the way up, coarsest first
 */
public record UNetVariant(
    int downsamplePadding,
    Middle middle,
    double middleScale,
    boolean centred,
    boolean sinesFirst,
    double frequencyShift,
    int timeWidth,
    Optional<TimeActivation> afterTimestep,
    Optional<TimeActivation> afterTime,
    int guidanceWidth,
    List<List<Integer>> downDepths,
    List<List<Integer>> upDepths)
    implements Canonical {
  /** The variant of Stable Diffusion. */
  public static final UNetVariant PLAIN = of(Middle.CROSS_ATTENTION, 0);

  /** Kind of the middle block. */
  public enum Middle {
    /** Two residual blocks with attention to the text between them. */
    CROSS_ATTENTION,
    /** One residual block, as in SSD-1B and Segmind Vega. */
    RESIDUAL,
    /** No middle block, as in small distilled models. */
    NONE
  }

  /** Copies its lists. */
  public UNetVariant {
    downDepths = downDepths.stream().map(List::copyOf).toList();
    upDepths = upDepths.stream().map(List::copyOf).toList();
  }

  /** Stable Diffusion's variant, but for the middle and the width of the guidance embedding. */
  public static UNetVariant of(Middle middle, int guidanceWidth) {
    return new UNetVariant(
        1,
        middle,
        1,
        false,
        false,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        guidanceWidth,
        List.of(),
        List.of());
  }

  /** A copy with other numbers of transformer blocks within the resolutions. */
  public UNetVariant depths(List<List<Integer>> down, List<List<Integer>> up) {
    return new UNetVariant(
        downsamplePadding,
        middle,
        middleScale,
        centred,
        sinesFirst,
        frequencyShift,
        timeWidth,
        afterTimestep,
        afterTime,
        guidanceWidth,
        down,
        up);
  }

  /**
   * {@inheritDoc} Has only what differs from Stable Diffusion, so that a new component changes no
   * digest of a base.
   */
  @Override
  public String canonical() {
    return CanonicalForm.of("UNetVariant")
        .with("downsamplePadding", downsamplePadding, 1)
        .with("middle", middle, Middle.CROSS_ATTENTION)
        .with("middleScale", middleScale, 1.0)
        .with("centred", centred, false)
        .with("sinesFirst", sinesFirst, false)
        .with("frequencyShift", frequencyShift, 0.0)
        .with("timeWidth", timeWidth, 0)
        .with("afterTimestep", afterTimestep, Optional.empty())
        .with("afterTime", afterTime, Optional.empty())
        .with("guidanceWidth", guidanceWidth, 0)
        .with("downDepths", downDepths, List.of())
        .with("upDepths", upDepths, List.of())
        .text();
  }
}
