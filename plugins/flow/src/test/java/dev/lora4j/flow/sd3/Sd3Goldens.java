package dev.lora4j.flow.sd3;

import dev.lora4j.flow.GoldenPipeline;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.TinyPipeline;
import java.util.Map;

/** Numbers that diffusers computed of a tiny Stable Diffusion 3.5 Medium. */
final class Sd3Goldens {
  /** The pipeline. */
  static final GoldenPipeline TINY =
      new GoldenPipeline(
          TinyPipeline.SD3,
          Goldens.RESOURCES,
          4,
          Map.of(
              "x", "hidden_states",
              "timesteps", "timestep",
              "context", "encoder_hidden_states",
              "pooled", "pooled_projections"));

  private Sd3Goldens() {}
}
