package dev.lora4j.core.format;

import java.util.Optional;

/**
 * Entries that kohya's trainer writes into adapters for a base, with those of the model
 * specification of Stability AI.
 *
 * @param version {@code ss_base_model_version}
 * @param trained prefix of that entry in files of other trainers; empty if none is certain
 * @param architecture {@code modelspec.architecture}, without the kind of adapter
 * @param implementation {@code modelspec.implementation}, the code that names the tensors
 * @param resolution {@code modelspec.resolution} of pictures, for example {@code 1024x1024}
 * @param v2 {@code ss_v2}: whether it is a Stable Diffusion 2
 * @param module {@code ss_network_module} of plain LoRA
 * @param diffusersNames whether flat names of the denoiser's layers are diffusers' names, not those
 *     of first publication
 * @param velocity entries of a base that predicts velocity, if there are such
 */
public record KohyaLabel(
    String version,
    Optional<String> trained,
    String architecture,
    String implementation,
    String resolution,
    boolean v2,
    String module,
    boolean diffusersNames,
    Optional<Velocity> velocity) {
  /** Module of a LoRA for Stable Diffusion 1 to XL. */
  public static final String PLAIN_MODULE = "networks.lora";

  /**
   * Entries that a base which predicts velocity has instead.
   *
   * @param version {@code ss_base_model_version}
   */
  public record Velocity(String version, String architecture, String resolution) {}

  /** A label whose module is {@link #PLAIN_MODULE}; names are those of first publication. */
  public static KohyaLabel of(
      String version, String architecture, String implementation, String resolution) {
    return new KohyaLabel(
        version,
        Optional.empty(),
        architecture,
        implementation,
        resolution,
        false,
        PLAIN_MODULE,
        false,
        Optional.empty());
  }

  /** A copy for bases that headers name by versions with this prefix. */
  public KohyaLabel trainedAs(String prefix) {
    return new KohyaLabel(
        version,
        Optional.of(prefix),
        architecture,
        implementation,
        resolution,
        v2,
        module,
        diffusersNames,
        velocity);
  }

  /** A copy with another module of plain LoRA. */
  public KohyaLabel withModule(String other) {
    return new KohyaLabel(
        version,
        trained,
        architecture,
        implementation,
        resolution,
        v2,
        other,
        diffusersNames,
        velocity);
  }

  /**
   * A copy for Stable Diffusion 1 and 2, whose layers have diffusers' names, and which have bases
   * that predict velocity.
   *
   * @param isV2 whether it is Stable Diffusion 2
   */
  public KohyaLabel withDiffusersNames(boolean isV2, Velocity predicting) {
    return new KohyaLabel(
        version,
        trained,
        architecture,
        implementation,
        resolution,
        isV2,
        module,
        true,
        Optional.of(predicting));
  }
}
