package dev.lora4j.diffusion.style;

import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.dataset.cache.CacheKey;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Encoded captions, the text conditioning of the denoiser. Captions that come again are encoded
 * once and cached on disk; random ones are encoded when they occur. Memory holds those that were
 * used last, so that it does not grow over the steps.
 */
final class EncodedCaptions {
  private static final long MOST_BYTES = 128 << 20;

  private final StableDiffusion base;
  private final ContentCache cache;
  private final long mostBytes;
  private final CacheKey model;
  private final Function<String, EncodedCaption> encoder;
  private final Map<String, EncodedCaption> known = new LinkedHashMap<>(16, 0.75f, true);

  EncodedCaptions(StableDiffusion base, ContentCache cache, int clipSkip) {
    this(base, cache, clipSkip, 1, MOST_BYTES);
  }

  /** For captions in so many chunks. */
  EncodedCaptions(StableDiffusion base, ContentCache cache, int clipSkip, int chunks) {
    this(base, cache, clipSkip, chunks, MOST_BYTES);
  }

  /** With another bound on what is held in memory. */
  EncodedCaptions(
      StableDiffusion base, ContentCache cache, int clipSkip, int chunks, long mostBytes) {
    this(
        base,
        cache,
        key(base, clipSkip, chunks),
        mostBytes,
        caption -> base.encodeCaptions(List.of(caption), clipSkip, chunks).get(0));
  }

  /**
   * By text encoders with an adapter.
   *
   * @param adapter all that makes their outputs others than the base's
   * @param encoder encodes a caption
   */
  EncodedCaptions(
      StableDiffusion base,
      ContentCache cache,
      int clipSkip,
      int chunks,
      List<String> adapter,
      Function<String, EncodedCaption> encoder) {
    this(
        base,
        cache,
        key(base, clipSkip, chunks).with("adapter", String.join(" ", adapter)),
        MOST_BYTES,
        encoder);
  }

  private EncodedCaptions(
      StableDiffusion base,
      ContentCache cache,
      CacheKey model,
      long mostBytes,
      Function<String, EncodedCaption> encoder) {
    this.base = base;
    this.cache = cache;
    this.model = model;
    this.mostBytes = mostBytes;
    this.encoder = encoder;
  }

  private static CacheKey key(StableDiffusion base, int clipSkip, int chunks) {
    CacheKey key = BaseKey.of("caption", base.base()).with("skip", clipSkip);
    return chunks == 1 ? key : key.with("chunks", chunks);
  }

  /** Encodes the caption of a sample. */
  EncodedCaption of(TrainingSample sample) {
    return of(sample.caption(), sample.storableCaption());
  }

  /**
   * Encodes a caption.
   *
   * @param storable whether it comes again
   */
  EncodedCaption of(String text, boolean storable) {
    EncodedCaption found = known.computeIfAbsent(text, caption -> encoded(caption, storable));
    long each = (long) Float.BYTES * (found.context().length + found.pooled().length);
    Iterator<String> oldest = known.keySet().iterator();
    while (known.size() > 1 && known.size() * each > mostBytes) {
      oldest.next();
      oldest.remove();
    }
    return found;
  }

  /** Number of captions in memory. */
  int held() {
    return known.size();
  }

  private EncodedCaption encoded(String caption, boolean storable) {
    int pooled = pooledWidth();
    float[] both =
        storable
            ? cache.cached(model.with("text", caption), () -> fresh(caption))
            : cache.rounded(fresh(caption));
    int words = both.length - pooled;
    return new EncodedCaption(
        Arrays.copyOf(both, words), Arrays.copyOfRange(both, words, both.length));
  }

  /** One row of numbers: the text conditioning, then the pooled text. */
  private float[] fresh(String caption) {
    EncodedCaption fresh = encoder.apply(caption);
    int words = fresh.context().length;
    float[] both = Arrays.copyOf(fresh.context(), words + fresh.pooled().length);
    System.arraycopy(fresh.pooled(), 0, both, words, fresh.pooled().length);
    return both;
  }

  private int pooledWidth() {
    return base.base().denoiser().pooledWidth();
  }
}
