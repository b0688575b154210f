package dev.lora4j.flow.flux;

import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.flow.GoldenPipeline;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.TinyPipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Numbers that diffusers computed of a tiny FLUX.1. */
final class FluxGoldens {
  /*
   * The scores of T5 are not scaled, so that rounding counts more: transformers' F32 of this text
   * is 1.8e-5 of the greatest number from F64 on one processor and 0.7e-5 on another.
   */
  private static final double FROM_TEXT = 3e-5;

  /** The pipeline. */
  static final GoldenPipeline TINY =
      new GoldenPipeline(
          TinyPipeline.FLUX,
          Goldens.RESOURCES.resolve("flux"),
          3.5,
          Map.of(
              "x",
              "latents",
              "timesteps",
              "timestep",
              "context",
              "encoder_hidden_states",
              "pooled",
              "pooled_projections",
              StagedNetworks.GUIDANCE,
              "guidance"),
          FROM_TEXT);

  /** The transformer of FLUX.1 [schnell]'s form. */
  static final Path SCHNELL = TINY.folder().resolve("schnell");

  private FluxGoldens() {}

  /** A pipeline as FLUX.1 [schnell] is, in a folder of its own. */
  static Path schnell(Path folder) {
    TinyPipeline.FLUX.copy(folder);
    for (String file : new String[] {"config.json", "diffusion_pytorch_model.safetensors"}) {
      Path to = folder.resolve("transformer").resolve(file);
      try {
        Files.delete(to);
        Files.copy(SCHNELL.resolve(file), to);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    TinyPipeline.edit(
        folder.resolve("scheduler/scheduler_config.json"),
        json ->
            json.replace("\"use_dynamic_shifting\": true", "\"use_dynamic_shifting\": false")
                .replace("\"shift\": 3.0", "\"shift\": 1.0"));
    return folder;
  }
}
