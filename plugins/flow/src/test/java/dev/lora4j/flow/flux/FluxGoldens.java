package dev.lora4j.flow.flux;

import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.TinyPipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Numbers that diffusers computed of a tiny FLUX.1. */
final class FluxGoldens {
  /** Folder of the files. */
  static final Path FOLDER = Goldens.RESOURCES.resolve("flux");

  /** The transformer of FLUX.1 [schnell]'s form. */
  static final Path SCHNELL = FOLDER.resolve("schnell");

  /** Share of the greatest number that others may be away. */
  static final double CLOSE = 1e-5;

  private FluxGoldens() {}

  static HostTensor expected(String name) {
    return Goldens.tensor(FOLDER.resolve("expected.safetensors"), name);
  }

  static void assertClose(String name, double[] found) {
    Goldens.assertClose(name, expected(name).doubles(), found, CLOSE);
  }

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
