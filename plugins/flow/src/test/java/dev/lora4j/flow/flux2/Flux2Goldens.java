package dev.lora4j.flow.flux2;

import dev.lora4j.flow.GoldenPipeline;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.TinyPipeline;
import java.util.Map;

/** Numbers that diffusers computed of a tiny FLUX.2 [klein]. */
final class Flux2Goldens {
  /** The pipeline. */
  static final GoldenPipeline TINY =
      new GoldenPipeline(
          TinyPipeline.KLEIN,
          Goldens.RESOURCES.resolve("flux2"),
          4,
          Map.of("x", "latents", "timesteps", "timestep", "context", "context"));

  private Flux2Goldens() {}
}
