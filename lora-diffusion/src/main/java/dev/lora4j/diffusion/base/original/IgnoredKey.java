package dev.lora4j.diffusion.base.original;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reasons for which no picture needs a key of a checkpoint. There are no other reasons. */
public enum IgnoredKey {
  /** The weights again, averaged over the training. */
  RUNNING_AVERAGE("a running average of weights", "(.*\\.)?model_ema\\..*"),
  /** Numbers that follow from the noise schedule. */
  SCHEDULE(
      "numbers of the noise schedule",
      "betas|alphas_cumprod|alphas_cumprod_prev|sqrt_alphas_cumprod"
          + "|sqrt_one_minus_alphas_cumprod|log_one_minus_alphas_cumprod|sqrt_recip_alphas_cumprod"
          + "|sqrt_recipm1_alphas_cumprod|posterior_variance|posterior_log_variance_clipped"
          + "|posterior_mean_coef[12]|lvlb_weights|logvar|(denoiser\\.)?(sigmas|log_sigmas)"
          + "|scale_factor|model_lambda"),
  /** State that training resumes from, and networks that only its loss needs. */
  TRAINING(
      "the state of training",
      "first_stage_model\\.(loss|discriminator)\\..*|global_step|epoch|optimizer_states(\\..*)?"
          + "|lr_schedulers(\\..*)?|callbacks(\\..*)?|loops(\\..*)?|embedding_manager\\..*"),
  /** Buffers of a text encoder: 0, 1, 2, ..., and minus infinity above the diagonal. */
  BUFFER(
      "buffers of a text encoder",
      "(cond_stage_model|conditioner)\\..*\\.(position_ids|attn_mask)"),
  /** Parts of CLIP that compare texts with pictures. */
  COMPARISON(
      "parts of CLIP that pictures are not made with",
      "(cond_stage_model|conditioner)\\.(.*\\.)?(logit_scale|text_projection(\\.weight)?"
          + "|visual\\..*|vision_model\\..*|visual_projection\\..*)"),
  /** The last layer of OpenCLIP's text encoder in Stable Diffusion 2. */
  LAST_LAYER("layers of a text encoder that the denoiser does not see the result of", ""),
  /** Marks of the prediction type. */
  MARK("marks that say what the denoiser predicts", "v_pred|ztsnr");

  private final String reason;
  private final Pattern names;

  IgnoredKey(String reason, String names) {
    this.reason = reason;
    this.names = Pattern.compile(names);
  }

  /** The reason, for people. */
  public String reason() {
    return reason;
  }

  /** The reason that a key has by its name alone. */
  public static Optional<IgnoredKey> of(String name) {
    return Arrays.stream(values()).filter(k -> k.names.matcher(name).matches()).findFirst();
  }
}
