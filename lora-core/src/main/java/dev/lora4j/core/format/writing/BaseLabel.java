package dev.lora4j.core.format.writing;

import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import java.util.List;
import java.util.Optional;

/**
 * Metadata label of a family.
 *
 * @param family name of the {@link Family}
 * @param version kohya's {@code ss_base_model_version}
 * @param architecture without what kind of adapter it is for
 * @param implementation the code that the names of the tensors are from
 * @param resolution that it makes pictures of
 */
record BaseLabel(
    String family, String version, String architecture, String implementation, String resolution) {
  private static final String STABILITY = "https://github.com/Stability-AI/generative-models";
  private static final String FLUX = "https://github.com/black-forest-labs/flux";
  private static final String DIFFUSERS = "diffusers";
  private static final String LARGE = "1024x1024";
  private static final String SECOND = "sd21";

  /** Kohya's suffix of a base that predicts velocity. */
  private static final String VELOCITY = "_v";

  private static final List<BaseLabel> ALL =
      List.of(
          new BaseLabel("sd15", "sd_v1", "stable-diffusion-v1", DIFFUSERS, "512x512"),
          new BaseLabel(SECOND, "sd_v2", "stable-diffusion-v2-512", DIFFUSERS, "512x512"),
          new BaseLabel("sdxl", "sdxl_base_v1-0", "stable-diffusion-xl-v1-base", STABILITY, LARGE),
          new BaseLabel(
              "sdxl-refiner",
              "sdxl_refiner_v1-0",
              "stable-diffusion-xl-v1-refiner",
              STABILITY,
              LARGE),
          new BaseLabel("sd3", "sd3_medium", "stable-diffusion-3-medium", DIFFUSERS, LARGE),
          new BaseLabel("sd35m", "sd3_5_medium", "stable-diffusion-3-5-medium", DIFFUSERS, LARGE),
          new BaseLabel("sd35l", "sd3_5_large", "stable-diffusion-3-5-large", DIFFUSERS, LARGE),
          new BaseLabel("flux", "flux1", "flux-1-dev", FLUX, LARGE));

  /** Label of a family; absent if it is unknown. */
  static Optional<BaseLabel> of(Family family) {
    return ALL.stream().filter(label -> label.family.equals(family.name())).findFirst();
  }

  /** The entries that name the base, where {@code metadata} does not. */
  Metadata added(Metadata metadata) {
    boolean velocity = predictsVelocity(metadata);
    boolean large = velocity && family.equals(SECOND);
    return metadata
        .withDefault(KohyaKeys.V2, family.equals(SECOND))
        .withDefault(KohyaKeys.BASE_VERSION, velocity ? version + VELOCITY : version)
        .withDefault(
            ModelSpecKeys.ARCHITECTURE,
            (large ? "stable-diffusion-v2-768-v" : architecture) + "/lora")
        .withDefault(ModelSpecKeys.IMPLEMENTATION, implementation)
        .withDefault(ModelSpecKeys.RESOLUTION, large ? "768x768" : resolution);
  }

  /**
   * Returns true if the base predicts velocity: Stable Diffusion 1 and 2 have two names each, which
   * the trainer's own entry distinguishes.
   */
  private boolean predictsVelocity(Metadata metadata) {
    if (!version.startsWith("sd_v")) {
      return false;
    }
    return metadata
        .get(KohyaKeys.BASE_VERSION)
        .map(v -> v.equals(version + VELOCITY))
        .orElseGet(() -> metadata.get(ModelSpecKeys.PREDICTION).filter("v"::equals).isPresent());
  }
}
