package dev.lora4j.diffusion.style;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.ParameterGroups;
import java.util.OptionalDouble;

/**
 * Learning rates by part.
 *
 * @param rate the learning rate at its highest
 * @param unet of the denoiser instead
 * @param text of the text encoders instead
 * @param upRatio the rate of {@code up} factors over that of the others (LoRA+, Hayou et al. 2024)
 */
public record LearningRates(double rate, OptionalDouble unet, OptionalDouble text, double upRatio)
    implements Canonical {
  private static final String TEXT = "text_encoder";
  private static final String UP = ".up";

  /** Checks the ranges. */
  public LearningRates {
    require("the learning rate", rate);
    require("the denoiser's learning rate", unet.orElse(1));
    require("the text encoder's learning rate", text.orElse(1));
    require("the ratio of the up factors' rate", upRatio);
  }

  private static void require(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be above 0, found " + value);
    }
  }

  /** One rate for all. */
  public static LearningRates of(double rate) {
    return new LearningRates(rate, OptionalDouble.empty(), OptionalDouble.empty(), 1);
  }

  /**
   * The groups of weights that learn at a multiple of {@link #rate}.
   *
   * @param encoders whether text encoders are trained
   * @param others whether anything else is
   */
  ParameterGroups groups(boolean encoders, boolean others) {
    double denoiser = unet.orElse(rate) / rate;
    double reader = text.orElse(rate) / rate;
    ParameterGroups groups = ParameterGroups.NONE;
    if (encoders && reader != denoiser && upRatio != 1) {
      groups =
          groups.with("the text encoder's up factors", p -> text(p) && up(p), reader * upRatio);
    }
    if (encoders && reader != denoiser) {
      groups = groups.with("the text encoder", LearningRates::text, reader);
    }
    boolean rest = others || reader == denoiser;
    if (rest && upRatio != 1) {
      groups = groups.with("the up factors", LearningRates::up, denoiser * upRatio);
    }
    return !rest || denoiser == 1 ? groups : groups.with("the denoiser", p -> true, denoiser);
  }

  private static boolean text(Parameter parameter) {
    return parameter.name().startsWith(TEXT);
  }

  private static boolean up(Parameter parameter) {
    return parameter.name().endsWith(UP);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Rates")
        .with("rate", rate)
        .with("unet", unet)
        .with("text", text)
        .with("upRatio", upRatio)
        .text();
  }
}
