package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.network.JensenShannonDivergence;

/**
 * Settings of on-policy distillation (Agarwal et al. 2024): a student writes, and learns at each of
 * its own tokens how likely its teacher finds every next one. In a share of the batches it may
 * learn that of completions which it did not write.
 *
 * @param divergence which is made small; its temperature divides the logits of both
 * @param maxNewTokens the most tokens of a completion
 * @param sampling how the student chooses its tokens, at a temperature above 0
 * @param maskCut whether completions that were cut at the most tokens are not learned
 * @param share probability with which the student writes the completions of a batch, from 0 to 1,
 *     lambda in the paper and lmbda in TRL's GKDConfig
 * @param teacherWrites whether the teacher writes those of other batches, TRL's seq_kd; else they
 *     are those of the data
 */
public record OnPolicySettings(
    JensenShannonDivergence divergence,
    int maxNewTokens,
    SamplingSettings sampling,
    boolean maskCut,
    double share,
    boolean teacherWrites)
    implements Canonical {
  /** Settings of a student that writes all completions itself. */
  public OnPolicySettings(
      JensenShannonDivergence divergence,
      int maxNewTokens,
      SamplingSettings sampling,
      boolean maskCut) {
    this(divergence, maxNewTokens, sampling, maskCut, 1, false);
  }

  /** Checks the numbers. */
  public OnPolicySettings {
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException(
          "A completion has at least 1 token, found " + maxNewTokens + ".");
    }
    if (!(sampling.temperature() > 0)) {
      throw new IllegalArgumentException(
          "A student draws its tokens at a temperature above 0, or it would meet the likeliest"
              + " alone; found "
              + sampling.temperature()
              + ".");
    }
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "The share of batches that the student writes must be from 0 to 1, found " + share + ".");
    }
  }

  /** A copy whose student writes the completions of such a share of the batches. */
  public OnPolicySettings writing(double other, boolean byTeacher) {
    return new OnPolicySettings(divergence, maxNewTokens, sampling, maskCut, other, byTeacher);
  }

  /** Returns true if completions of the data are learned in some batches. */
  public boolean takesCompletions() {
    return share < 1 && !teacherWrites;
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("OnPolicySettings")
        .with("divergence", divergence)
        .with("maxNewTokens", maxNewTokens)
        .with("repetitionPenalty", sampling.repetitionPenalty())
        .with("temperature", sampling.temperature())
        .with("topK", sampling.topK())
        .with("topP", sampling.topP())
        .with("minP", sampling.minP())
        .with("maskCut", maskCut)
        .with("share", share)
        .with("teacherWrites", teacherWrites)
        .text();
  }
}
