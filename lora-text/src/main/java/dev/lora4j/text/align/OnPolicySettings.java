package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.network.JensenShannonDivergence;

/**
 * Settings of on-policy distillation (Agarwal et al. 2024): a student writes, and learns at each of
 * its own tokens how likely its teacher finds every next one.
 *
 * @param divergence which is made small; its temperature divides the logits of both
 * @param maxNewTokens the most tokens of a completion
 * @param sampling how the student chooses its tokens, at a temperature above 0
 * @param maskCut whether completions that were cut at the most tokens are not learned
 */
public record OnPolicySettings(
    JensenShannonDivergence divergence,
    int maxNewTokens,
    SamplingSettings sampling,
    boolean maskCut)
    implements Canonical {
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
        .text();
  }
}
