package dev.lora4j.diffusion.config;

import static dev.lora4j.diffusion.config.KeyType.FLAG;
import static dev.lora4j.diffusion.config.KeyType.PATH;
import static dev.lora4j.diffusion.config.KeyType.SETTINGS;
import static dev.lora4j.diffusion.config.KeyType.choice;
import static dev.lora4j.diffusion.config.KeyType.count;
import static dev.lora4j.diffusion.config.KeyType.extension;
import static dev.lora4j.diffusion.config.KeyType.number;
import static dev.lora4j.diffusion.config.RunKey.unset;

import dev.lora4j.diffusion.train.objective.Loss;
import java.util.List;
import java.util.Map;

/** Keys of noise and loss. */
public final class LossKeys {
  private static final double ANY = Double.POSITIVE_INFINITY;

  public static final RunKey<Double> MIN_SNR =
      unset("loss.min_snr_gamma", number(0, ANY), "Cap of easy steps", "min_snr_gamma");
  public static final RunKey<Boolean> DEBIASED =
      RunKey.of(
          "loss.debiased_estimation",
          FLAG,
          false,
          "Weigh by one over the root of the signal-to-noise ratio",
          "debiased_estimation_loss");
  public static final RunKey<Double> NOISE_OFFSET =
      RunKey.of(
          "loss.noise_offset", number(0, ANY), 0.0, "Noise common to a channel", "noise_offset");
  public static final RunKey<Boolean> NOISE_OFFSET_RANDOM =
      RunKey.of(
          "loss.noise_offset_random_strength",
          FLAG,
          false,
          "Draw the offset between 0 and its value",
          "noise_offset_random_strength");
  public static final RunKey<Double> ADAPTIVE_NOISE =
      RunKey.of(
          "loss.adaptive_noise_scale",
          number(-1, 1),
          0.0,
          "Added to the offset by the latents' mean",
          "adaptive_noise_scale");
  public static final RunKey<Integer> PYRAMID_LEVELS =
      RunKey.of(
          "loss.multires_noise_iterations",
          count(0),
          0,
          "Coarser noises added to the noise",
          "multires_noise_iterations");
  public static final RunKey<Double> PYRAMID_DISCOUNT =
      RunKey.of(
          "loss.multires_noise_discount",
          number(0, 1),
          0.3,
          "What each coarser noise counts",
          "multires_noise_discount");
  public static final RunKey<Double> INPUT_PERTURBATION =
      RunKey.of("loss.input_perturbation", number(0, ANY), 0.0, "Extra noise in", "ip_noise_gamma");
  public static final RunKey<Boolean> INPUT_PERTURBATION_RANDOM =
      RunKey.of(
          "loss.input_perturbation_random_strength",
          FLAG,
          false,
          "Draw it between 0 and its value",
          "ip_noise_gamma_random_strength");
  public static final RunKey<Boolean> V_LIKE_NOISE =
      RunKey.of(
          "loss.scale_v_pred_loss_like_noise_pred",
          FLAG,
          false,
          "Weigh v-predictions as noise predictions",
          "scale_v_pred_loss_like_noise_pred");
  public static final RunKey<Double> V_LIKE_LOSS =
      RunKey.of(
          "loss.v_pred_like_loss",
          number(0, ANY),
          0.0,
          "Share of the v-prediction's loss that is added",
          "v_pred_like_loss");
  public static final RunKey<Boolean> ZERO_TERMINAL =
      RunKey.of(
          "loss.zero_terminal_snr",
          FLAG,
          false,
          "Rescale the schedule to end in nothing but noise",
          "zero_terminal_snr");
  public static final RunKey<String> LOSS =
      RunKey.of("loss.type", extension(Loss.class), "l2", "Measure of the error", "loss_type");
  public static final RunKey<Map<String, Object>> LOSS_ARGS =
      RunKey.of("loss.settings", SETTINGS, Map.of(), "Settings of that, by their names");
  public static final RunKey<Double> HUBER_C =
      unset(
          "loss.huber_c",
          number(0, ANY),
          "Where huber and others that have this setting turn straight",
          "huber_c");
  public static final RunKey<String> HUBER_SCHEDULE =
      unset(
          "loss.huber_schedule",
          choice("constant", "exponential", "snr"),
          "How huber_c changes with the noise",
          "huber_schedule");
  public static final RunKey<Double> HUBER_SCALE =
      unset(
          "loss.huber_scale",
          number(0, ANY),
          "Factor of huber_c with the schedules constant and exponential",
          "huber_scale");
  public static final RunKey<String> FLOW_WEIGHTING =
      RunKey.of(
          "loss.weighting",
          choice("none", "sigma_sqrt", "cosmap", "sigma_squared"),
          "none",
          "What the levels of noise of a flow count");
  public static final RunKey<String> TIMESTEP_WEIGHTS =
      unset(
          "loss.timestep_weights",
          PATH,
          "Text file with what timesteps count, one number a line from most noise to least");
  public static final RunKey<Double> GUIDANCE =
      unset(
          "loss.guidance_scale",
          number(0, ANY),
          "Guidance scale told to a base that is guided within; its own if it is not given",
          "guidance_scale");
  public static final RunKey<Double> PRIOR_WEIGHT =
      RunKey.of(
          "loss.prior_weight",
          number(0, ANY),
          1.0,
          "What pictures of the class count",
          "prior_loss_weight");
  public static final RunKey<Boolean> MASKED =
      unset(
          "loss.masked",
          FLAG,
          "Count only what masks show; if it is not said, where there are masks",
          "masked_loss");

  /** All of them, in the order in which a file has them. */
  static final List<RunKey<?>> ALL =
      List.of(
          MIN_SNR,
          DEBIASED,
          NOISE_OFFSET,
          NOISE_OFFSET_RANDOM,
          ADAPTIVE_NOISE,
          PYRAMID_LEVELS,
          PYRAMID_DISCOUNT,
          INPUT_PERTURBATION,
          INPUT_PERTURBATION_RANDOM,
          V_LIKE_NOISE,
          V_LIKE_LOSS,
          ZERO_TERMINAL,
          LOSS,
          LOSS_ARGS,
          HUBER_C,
          HUBER_SCHEDULE,
          HUBER_SCALE,
          FLOW_WEIGHTING,
          TIMESTEP_WEIGHTS,
          GUIDANCE,
          PRIOR_WEIGHT,
          MASKED);

  private LossKeys() {}
}
