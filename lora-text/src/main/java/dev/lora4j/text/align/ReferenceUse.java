package dev.lora4j.text.align;

/** Time at which log-probabilities under a reference are computed. */
public enum ReferenceUse {
  /** In each step, beside those of the model. */
  EACH_STEP,
  /**
   * Once for each completion, when it is first met, and kept: steps of later epochs are cheaper
   * (TRL's precompute_ref_log_probs). The first loss differs from that of equal models by rounding.
   */
  ONCE
}
