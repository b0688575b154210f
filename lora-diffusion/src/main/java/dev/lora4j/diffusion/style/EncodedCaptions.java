package dev.lora4j.diffusion.style;

import dev.lora4j.diffusion.dataset.cache.CacheKey;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.pipeline.EncodedCaption;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What captions become before the denoiser, each encoded once and kept on disk. Captions that
 * chance makes are encoded when they first occur.
 */
final class EncodedCaptions {
  private final StableDiffusion base;
  private final ContentCache cache;
  private final int clipSkip;
  private final Map<String, EncodedCaption> known = new HashMap<>();

  EncodedCaptions(StableDiffusion base, ContentCache cache, int clipSkip) {
    this.base = base;
    this.cache = cache;
    this.clipSkip = clipSkip;
  }

  EncodedCaption of(String caption) {
    return known.computeIfAbsent(caption, this::encoded);
  }

  private EncodedCaption encoded(String caption) {
    CacheKey key =
        CacheKey.of("caption")
            .with("text", caption)
            .with("base", base.base().hash())
            .with("configuration", base.base().configuration())
            .with("compute", base.base().compute())
            .with("skip", clipSkip);
    int pooled = pooledWidth();
    // One row of numbers holds both: what the denoiser attends to, then what it is told beside.
    float[] both =
        cache.cached(
            key,
            () -> {
              EncodedCaption fresh = base.encodeCaptions(List.of(caption), clipSkip).get(0);
              float[] all =
                  Arrays.copyOf(fresh.context(), fresh.context().length + fresh.pooled().length);
              System.arraycopy(
                  fresh.pooled(), 0, all, fresh.context().length, fresh.pooled().length);
              return all;
            });
    int words = both.length - pooled;
    return new EncodedCaption(
        Arrays.copyOf(both, words), Arrays.copyOfRange(both, words, both.length));
  }

  private int pooledWidth() {
    int last = base.base().textEncoders().size() - 1;
    return base.base().xl() ? base.base().textEncoders().get(last).config().projectionDim() : 0;
  }
}
