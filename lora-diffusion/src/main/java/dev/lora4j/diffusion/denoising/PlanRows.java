package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.tensor.Tensor;
import java.util.Map;

/**
 * One of the plans that a picture of a batch is made with: its rows of the denoiser's batch.
 *
 * @param picture number of the picture
 * @param added conditioning beside latents and timestep, as many rows as the picture has for each
 *     plan
 */
record PlanRows(int picture, Map<String, Tensor> added) {
  PlanRows {
    added = Map.copyOf(added);
  }
}
