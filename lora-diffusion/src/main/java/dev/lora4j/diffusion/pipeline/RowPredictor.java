package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.denoising.RowDenoiser;
import java.util.List;
import java.util.Map;

/**
 * Predictions of a base's denoiser for batches whose rows have adapters of their own. A row's
 * numbers do not depend on the others. Valid while the scope is open that it was made with.
 */
public final class RowPredictor {
  private final RowDenoiser denoiser;

  RowPredictor(RowDenoiser denoiser) {
    this.denoiser = denoiser;
  }

  /**
   * Encodes captions by the text encoders with a plan's adapters.
   *
   * @param plan its number
   * @param clipSkip layers of the text encoders to leave out, beyond what the base leaves out
   * @param chunks runs of the encoders that each caption takes
   */
  public List<EncodedCaption> encode(int plan, List<String> captions, int clipSkip, int chunks) {
    return denoiser.encode(plan, captions, clipSkip, chunks);
  }

  /**
   * Predicts.
   *
   * @param plans for each row the number of its plan
   * @param inputs F32 inputs of {@link dev.lora4j.diffusion.base.StagedNetworks#denoiser}, each
   *     with a row for each row
   * @return F32 of the shape of the latents, owned by {@code owner}
   */
  public Tensor predict(Scope owner, List<Integer> plans, Map<String, Tensor> inputs) {
    return denoiser.predict(owner, plans, inputs);
  }
}
