package dev.lora4j.core.mixer;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/**
 * Mixer that runs the denoiser several times in a step, each time with other adapters, and combines
 * the outputs.
 */
public non-sealed interface OutputMixer extends Mixer {
  /**
   * The plans to run.
   *
   * @param asked the adapters with the requested weights
   * @return at least one
   * @throws IllegalArgumentException if it cannot honour the request, naming the part
   */
  List<MixPlan> plans(MixPlan asked);

  /**
   * Stages the output of a step.
   *
   * @param outputs of each plan in order, after guidance: [batch, channels, height, width], F32
   * @param progress the middle of the step as a share of all steps, a scalar, F32
   */
  Expr compose(List<Expr> outputs, Expr progress);
}
