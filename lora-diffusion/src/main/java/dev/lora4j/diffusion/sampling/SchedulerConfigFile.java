package dev.lora4j.diffusion.sampling;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Betas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Sigmas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Spacing;
import java.util.List;
import java.util.Optional;

/**
 * A {@code scheduler_config.json}: noise schedule of a base, and requirements to samplers. The user
 * names the sampler, whatever class the file names.
 */
public final class SchedulerConfigFile {
  private static final int MOST_TIMESTEPS = 100_000;

  private static final String CHOSEN =
      "it is of a sampler that there is not here, or of the choice of one, which is by name";

  private static final String DYNAMIC = "use_dynamic_shifting";
  private static final String SHIFT_TYPE = "time_shift_type";
  private static final double MOST_SHIFT = 100;
  private static final int MOST_TOKENS = 1 << 24;
  private static final String CLIPPING = "it counts with clip_sample or thresholding alone";

  private static final ConfigFields FIELDS =
      ConfigFields.none()
          .used("num_train_timesteps", "beta_start", "beta_end", "trained_betas")
          .used("timestep_spacing", "steps_offset", "set_alpha_to_one", "rescale_betas_zero_snr")
          .used(
              "use_karras_sigmas",
              "use_exponential_sigmas",
              "shift",
              "clip_sample",
              "algorithm_type")
          .used(SchedulerRequirements.keys().toArray(String[]::new))
          .used(DYNAMIC, "base_shift", "max_shift", "base_image_seq_len", "max_image_seq_len")
          .only(SHIFT_TYPE, "exponential", "linear")
          .only("beta_schedule", "linear", "scaled_linear", "squaredcos_cap_v2")
          .only("prediction_type", "epsilon", "v_prediction", "flow")
          .only("thresholding", "false")
          .only("use_beta_sigmas", "false")
          .only("use_lu_lambdas", "false")
          .only("use_flow_sigmas", "false")
          .only("invert_sigmas", "false")
          .only("stochastic_sampling", "false")
          .refused("", "shift_terminal", "scale_factors")
          .idle("it counts with use_flow_sigmas alone, which is refused", "flow_shift")
          .idle("it counts with scale_factors alone, which is refused", "upscale_mode")
          .idle(CLIPPING, "clip_sample_range", "dynamic_thresholding_ratio", "sample_max_value")
          .idle("levels end without noise, where it changes nothing", "euler_at_final")
          .idle(CHOSEN, "skip_prk_steps", "noise_sampler_seed")
          .idle(CHOSEN, "predictor_order", "corrector_order", "tau_func");

  private SchedulerConfigFile() {}

  /** Treatment of each field of diffusers' schedulers for such models. */
  public static ConfigFields fields() {
    return FIELDS;
  }

  /**
   * The schedule.
   *
   * @param corrected whether the base is a Stable Diffusion 1 or 2, whose pipelines in diffusers
   *     correct old files: nothing is clipped, and timesteps lead by one
   * @throws ModelException naming the field that is out of range or cannot be computed
   */
  public static SchedulerConfig read(ConfigFile json, boolean corrected) {
    FIELDS.require(json);
    String name = json.text("_class_name", "");
    SchedulerClass kind =
        SchedulerClass.named(name)
            .orElseThrow(
                () ->
                    new ModelException(
                        json.file()
                            + ": '_class_name' is "
                            + name
                            + ", which is for models of other kinds; there are "
                            + SchedulerClass.names()
                            + "."));
    if (!corrected && json.flag("clip_sample", false)) {
      throw new ModelException(
          json.file() + ": 'clip_sample' is true; for bases such as this only false can be read.");
    }
    Spacing spacing = json.has("timestep_spacing") ? Spacing.named(spacing(json)) : kind.spacing();
    boolean leads = corrected && !kind.straight() && spacing == Spacing.LEADING;
    return new SchedulerConfig(
        json.within("num_train_timesteps", 1, MOST_TIMESTEPS, 1000),
        json.has("beta_schedule") ? Betas.named(json.text("beta_schedule", "")) : kind.betas(),
        json.between("beta_start", 0, 1, kind.betaStart()),
        json.between("beta_end", 0, 1, kind.betaEnd()),
        Prediction.named(json.text("prediction_type", kind.straight() ? "flow" : "epsilon")),
        spacing,
        leads ? 1 : json.within("steps_offset", 0, MOST_TIMESTEPS, 0),
        json.flag("set_alpha_to_one", kind.toOne()),
        json.flag("rescale_betas_zero_snr", false),
        sigmas(json),
        // One that goes by the size of the picture stands in its place.
        bySize(json).isPresent() ? 1 : json.between("shift", 0, 1e6, 1),
        betas(json),
        SchedulerRequirements.of(json),
        new FlowLevels(bySize(json), false, FlowLevels.PLAIN.halvings()));
  }

  private static Optional<SizeShift> bySize(ConfigFile json) {
    if (!json.flag(DYNAMIC, false)) {
      return Optional.empty();
    }
    LinearShift usual = LinearShift.USUAL;
    int least = json.within("base_image_seq_len", 1, MOST_TOKENS, usual.baseTokens());
    int most = json.within("max_image_seq_len", 1, MOST_TOKENS, usual.maxTokens());
    if (least == most) {
      throw new ModelException(
          json.file()
              + ": 'base_image_seq_len' and 'max_image_seq_len' are both "
              + least
              + "; expected two numbers of tokens.");
    }
    return Optional.of(
        new LinearShift(
            json.between("base_shift", 0, MOST_SHIFT, usual.baseShift()),
            json.between("max_shift", 0, MOST_SHIFT, usual.maxShift()),
            least,
            most,
            json.text(SHIFT_TYPE, "exponential").equals("exponential")));
  }

  private static String spacing(ConfigFile json) {
    String found = json.text("timestep_spacing", "");
    if (List.of("leading", "trailing", "linspace").contains(found)) {
      return found;
    }
    throw new ModelException(
        json.file()
            + ": 'timestep_spacing' is "
            + found
            + "; only leading or trailing or linspace can be read.");
  }

  private static Sigmas sigmas(ConfigFile json) {
    if (json.flag("use_karras_sigmas", false)) {
      return Sigmas.KARRAS;
    }
    return json.flag("use_exponential_sigmas", false) ? Sigmas.EXPONENTIAL : Sigmas.SCHEDULE;
  }

  /**
   * Reads the betas, which must be as many as timesteps: diffusers does not check it but indexes by
   * them.
   */
  private static List<Double> betas(ConfigFile json) {
    if (!json.has("trained_betas")) {
      return List.of();
    }
    List<Double> betas = json.reals("trained_betas");
    json.requireCount("trained_betas", betas.size(), json.integer("num_train_timesteps", 1000));
    for (double beta : betas) {
      if (!(beta >= 0 && beta < 1)) {
        throw new ModelException(
            json.file() + ": 'trained_betas' has " + beta + ", expected numbers from 0 to 1.");
      }
    }
    return betas;
  }
}
