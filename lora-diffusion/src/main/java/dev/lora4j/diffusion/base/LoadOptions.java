package dev.lora4j.diffusion.base;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Options of loading a base model.
 *
 * @param compute the type that weights are converted to and networks compute in
 * @param prediction prediction type of the denoiser, to override that of the model
 * @param configs a folder in the layout of diffusers, whose configurations and tokenisers complete
 *     a single file; its weights are not read and need not be there
 */
public record LoadOptions(DType compute, Optional<Prediction> prediction, Optional<Path> configs) {
  /** The model's own settings, computed in {@code compute}. */
  public static LoadOptions in(DType compute) {
    return new LoadOptions(compute, Optional.empty(), Optional.empty());
  }

  /** The same for a denoiser that predicts this. */
  public LoadOptions predicting(Prediction what) {
    return new LoadOptions(compute, Optional.of(what), configs);
  }

  /** The same with the configurations of a folder. */
  public LoadOptions configuredBy(Path folder) {
    return new LoadOptions(compute, prediction, Optional.of(folder));
  }
}
