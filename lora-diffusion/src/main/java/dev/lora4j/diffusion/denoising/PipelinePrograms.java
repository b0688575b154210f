package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.StackedFactors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.conditioning.TextEncoderPrograms;
import dev.lora4j.diffusion.latent.LatentPrograms;

/**
 * Compiled programs of one base, and what was made of adapters for it.
 *
 * @param latents of its autoencoder
 * @param texts of its text encoders
 * @param denoiser of its denoiser
 * @param merged by which adapters are merged into parameters
 * @param factors stacked factors of unmerged adapters that were used last
 * @param mixed adapters that mixers made
 */
public record PipelinePrograms(
    LatentPrograms latents,
    TextEncoderPrograms texts,
    DenoiserPrograms denoiser,
    MergedParameter merged,
    StackedFactors factors,
    MixedAdapters mixed) {
  /** None compiled or mixed yet. */
  public static PipelinePrograms of(Scope scope, DiffusionModel base) {
    MergedParameter merged = new MergedParameter(scope);
    return new PipelinePrograms(
        new LatentPrograms(scope, base),
        new TextEncoderPrograms(scope, base),
        new DenoiserPrograms(scope, base),
        merged,
        scope.own(StackedFactors.besides(base.denoiserWeights(), scope, merged, DType.F32)),
        new MixedAdapters(scope, base.sites()));
  }
}
