package dev.lora4j.diffusion.style;

import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.dataset.cache.CacheKey;

/** Cache key of numbers that a base computes. */
final class BaseKey {
  private BaseKey() {}

  static CacheKey of(String kind, DiffusionModel base) {
    return CacheKey.of(kind)
        .with("base", base.hash())
        .with("configuration", base.configuration())
        .with("compute", base.compute());
  }
}
