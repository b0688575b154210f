package dev.lora4j.diffusion.request;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.diffusion.clip.Embedding;
import dev.lora4j.diffusion.clip.EmbeddingTokens;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import dev.lora4j.spi.ExtensionRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Values of a {@link Prompt}, checked. */
record PromptValues(
    String text,
    String negative,
    long seed,
    OptionalInt steps,
    OptionalDouble guidance,
    OptionalDouble trueCfg,
    int width,
    int height,
    String sampler,
    SigmaSchedule schedule,
    int clipSkip,
    Optional<InitImage> start,
    List<ReferenceImage> references,
    MicroConditioning micro,
    MixPlan mix,
    List<Embedding> embeddings,
    Optional<Mixer> mixer) {
  /**
   * Copies the lists, and checks the ranges, that no two textual inversions have the same word, and
   * that the mixer has a name for the picture's file.
   */
  PromptValues {
    references = List.copyOf(references);
    embeddings = List.copyOf(embeddings);
    EmbeddingTokens.of(embeddings);
    mixer.ifPresent(ExtensionRequest::of);
    if (steps.orElse(1) < 1) {
      throw new IllegalArgumentException("steps must be at least 1, found " + steps.getAsInt());
    }
    double scale = guidance.orElse(0);
    if (!Double.isFinite(scale) || scale < 0) {
      throw new IllegalArgumentException("guidance must be 0 or more, found " + scale);
    }
    double trueScale = trueCfg.orElse(1);
    if (!Double.isFinite(trueScale) || trueScale < 1) {
      throw new IllegalArgumentException(
          "the true CFG scale must be 1 or more, where 1 is none, found " + trueScale);
    }
    if (clipSkip < 0) {
      throw new IllegalArgumentException("clip skip must be 0 or more, found " + clipSkip);
    }
    if (width < 0 || height < 0) {
      throw new IllegalArgumentException("size must be positive, found " + width + "x" + height);
    }
    if (Math.max(width, height) > PictureSizeRules.LONGEST) {
      throw new IllegalArgumentException(
          "sides of pictures are at most "
              + PictureSizeRules.LONGEST
              + " pixels, found "
              + width
              + "x"
              + height);
    }
  }
}
