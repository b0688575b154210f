package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Options of loading a base model.
 *
 * @param precision the type that networks compute in, and how large weights are rounded
 * @param prediction prediction type of the denoiser, to override that of the model
 * @param configs a folder in the layout of diffusers, whose configurations and tokenisers complete
 *     a single file; its weights are not read and need not be there
 * @param denoiser a file whose denoiser takes the place of the model's: safetensors or GGUF, in the
 *     layout of first publication or of diffusers
 * @param weightsMemory bytes that the weights of the denoiser, and before it those of each text
 *     encoder, may take in memory at a time: what does not fit is read block by block; all of them
 *     stay in memory if it is empty
 */
public record LoadOptions(
    BasePrecision precision,
    Optional<Prediction> prediction,
    Optional<Path> configs,
    Optional<Path> denoiser,
    OptionalLong weightsMemory) {
  /** The model's own settings, computed in {@code compute}. */
  public static LoadOptions in(DType compute) {
    return in(BasePrecision.in(compute));
  }

  /** The model's own settings in a precision. */
  public static LoadOptions in(BasePrecision precision) {
    return new LoadOptions(
        precision, Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty());
  }

  /** The type that networks compute in. */
  public DType compute() {
    return precision.compute();
  }

  /** The same for a denoiser that predicts this. */
  public LoadOptions predicting(Prediction what) {
    return new LoadOptions(precision, Optional.of(what), configs, denoiser, weightsMemory);
  }

  /** The same with the configurations of a folder. */
  public LoadOptions configuredBy(Path folder) {
    return new LoadOptions(precision, prediction, Optional.of(folder), denoiser, weightsMemory);
  }

  /** The same with the denoiser of another file. */
  public LoadOptions withDenoiser(Path file) {
    return new LoadOptions(precision, prediction, configs, Optional.of(file), weightsMemory);
  }

  /**
   * The same within a memory: weights are read from their mapped file block by block, and pictures
   * and trained adapters are the same to the last bit. On a processor; training needs
   * checkpointing.
   *
   * @param bytes see {@link #weightsMemory}
   */
  public LoadOptions withinMemory(long bytes) {
    return new LoadOptions(precision, prediction, configs, denoiser, OptionalLong.of(bytes));
  }
}
