package dev.lora4j.diffusion.dataset.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.dataset.ColourJitter;
import dev.lora4j.diffusion.dataset.bucket.Bucket;
import org.junit.jupiter.api.Test;

/** Caches that were written before are found again. */
class CacheKeyTest {
  @Test
  void keyDigestIsStable() {
    CacheKey key =
        CacheKey.of("latents")
            .with("base", "abc")
            .with("compute", DType.BF16)
            .with("skip", 1)
            .with("bucket", new Bucket(512, 768))
            .with("flipped", true)
            .with("colour", new ColourJitter(-0.001, 1.05))
            .with("background", 0xffffff);
    assertEquals("57ee47e31a530a148d4c1fa32638f8051fc6671d3789ee9cc9b299de03fbd300", key.digest());
  }
}
