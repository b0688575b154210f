package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Options of loading a base model.
 *
 * @param precision the type that networks compute in, and how large weights are rounded
 * @param prediction prediction type of the denoiser, to override that of the model
 * @param configs a folder in the layout of diffusers, whose configurations and tokenisers complete
 *     a single file; its weights are not read and need not be there
 * @param denoiser a file whose denoiser takes the place of the model's: safetensors or GGUF, in the
 *     layout of first publication or of diffusers
 */
public record LoadOptions(
    BasePrecision precision,
    Optional<Prediction> prediction,
    Optional<Path> configs,
    Optional<Path> denoiser) {
  /** The model's own settings, computed in {@code compute}. */
  public static LoadOptions in(DType compute) {
    return in(BasePrecision.in(compute));
  }

  /** The model's own settings in a precision. */
  public static LoadOptions in(BasePrecision precision) {
    return new LoadOptions(precision, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The type that networks compute in. */
  public DType compute() {
    return precision.compute();
  }

  /** The same for a denoiser that predicts this. */
  public LoadOptions predicting(Prediction what) {
    return new LoadOptions(precision, Optional.of(what), configs, denoiser);
  }

  /** The same with the configurations of a folder. */
  public LoadOptions configuredBy(Path folder) {
    return new LoadOptions(precision, prediction, Optional.of(folder), denoiser);
  }

  /** The same with the denoiser of another file. */
  public LoadOptions withDenoiser(Path file) {
    return new LoadOptions(precision, prediction, configs, Optional.of(file));
  }
}
