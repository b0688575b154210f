package dev.lora4j.diffusion.sampling;

import dev.lora4j.core.model.ConfigFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Demands of a {@code scheduler_config.json} that samplers here do not meet. They matter only for
 * such samplers, which are then refused, as they would make another picture.
 *
 * @param file the configuration, for messages
 * @param kind its class in diffusers; empty if it names none
 * @param algorithm its {@code algorithm_type}, of solvers; empty if it has none
 * @param asked settings that have other values than can be computed
 */
public record SchedulerRequirements(
    String file, String kind, String algorithm, Map<String, String> asked) {
  /** No requirements. */
  public static final SchedulerRequirements NONE = new SchedulerRequirements("", "", "", Map.of());

  private static final List<String> DPM = List.of("dpmpp-2m", "dpmpp-2m-sde");
  private static final List<String> UNI = List.of("unipc");
  private static final List<String> SOLVERS = List.of("dpmpp-2m", "dpmpp-2m-sde", "unipc");
  private static final List<String> EULER = List.of("euler");
  private static final List<String> LCM = List.of("lcm");
  private static final List<Setting> SETTINGS =
      List.of(
          new Setting("solver_order", SOLVERS, List.of("2")),
          new Setting("solver_type", DPM, List.of("midpoint", "logrho", "bh1", "bh2")),
          new Setting("solver_type", UNI, List.of("bh2", "midpoint", "heun", "logrho")),
          new Setting("lower_order_final", UNI, List.of("true")),
          new Setting("final_sigmas_type", SOLVERS, List.of("zero")),
          new Setting("final_sigmas_type", EULER, List.of("zero")),
          new Setting("lambda_min_clipped", DPM, List.of("-Infinity", "-inf")),
          new Setting("predict_x0", UNI, List.of("true")),
          new Setting("disable_corrector", UNI, List.of("[]")),
          new Setting("solver_p", UNI, List.of()),
          new Setting("interpolation_type", EULER, List.of("linear")),
          new Setting("timestep_type", EULER, List.of("discrete")),
          new Setting("sigma_min", List.of("euler", "unipc"), List.of()),
          new Setting("sigma_max", List.of("euler", "unipc"), List.of()),
          new Setting("variance_type", List.of("ddpm"), List.of("fixed_small")),
          new Setting("original_inference_steps", List.of("lcm", "tcd"), List.of("50")),
          new Setting("timestep_scaling", LCM, List.of("10")));

  /** A setting, the samplers that have it in diffusers, and the values that they have here. */
  private record Setting(String key, List<String> samplers, List<String> values) {}

  /** Copies the map. */
  public SchedulerRequirements {
    asked = Map.copyOf(asked);
  }

  /** Keys of the settings that samplers are checked for, each once. */
  static List<String> keys() {
    return SETTINGS.stream().map(Setting::key).distinct().toList();
  }

  /** Requirements of a configuration. */
  static SchedulerRequirements of(ConfigFile config) {
    Map<String, String> asked = new LinkedHashMap<>();
    for (Setting setting : SETTINGS) {
      Optional<String> found = config.plain(setting.key());
      found.filter(v -> !setting.values().contains(v)).ifPresent(v -> asked.put(setting.key(), v));
    }
    return new SchedulerRequirements(
        config.file().toString(),
        config.text("_class_name", ""),
        config.text("algorithm_type", ""),
        asked);
  }

  /**
   * Refuses a sampler that does not meet the configuration's requirements.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public void require(String sampler) {
    for (Setting setting : SETTINGS) {
      String value = asked.getOrDefault(setting.key(), "");
      boolean concerned = asked.containsKey(setting.key()) && setting.samplers().contains(sampler);
      if (concerned && !setting.values().contains(value)) {
        throw new IllegalArgumentException(
            file
                + " asks for '"
                + setting.key()
                + "' "
                + value
                + ", but the sampler "
                + sampler
                + " has "
                + (setting.values().isEmpty()
                    ? "no such setting"
                    : String.join(" or ", setting.values()) + " alone")
                + ". Take another sampler, or remove the key from the file.");
      }
    }
  }
}
