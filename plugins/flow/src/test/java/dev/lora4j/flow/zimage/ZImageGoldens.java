package dev.lora4j.flow.zimage;

import dev.lora4j.flow.GoldenPipeline;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.TinyPipeline;
import java.util.Map;

/** Numbers that diffusers computed of a tiny Z-Image, whose scale of guidance counts from 0. */
final class ZImageGoldens {
  /** The pipeline. */
  static final GoldenPipeline TINY =
      new GoldenPipeline(
          TinyPipeline.ZIMAGE,
          Goldens.RESOURCES.resolve("zimage"),
          4 + 1,
          Map.of("x", "latents", "timesteps", "timestep", "context", "context"));

  private ZImageGoldens() {}
}
