package dev.lora4j.bench.denoiser;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.nio.file.Path;

/** A program that begins a picture and reports the end of its first step. */
public final class FirstStep {
  /** Line that both sides print. */
  static final String DONE = "first step";

  private FirstStep() {}

  /** The base's folder is the one argument. */
  public static void main(String... arguments) {
    try (Lora4j lora =
            Lora4j.open(
                EngineOptions.DEFAULT.threads(
                    Integer.getInteger("ai.djl.pytorch.num_threads", 1)));
        StableDiffusion sd =
            StableDiffusion.open(lora, Path.of(arguments[0]), LoadOptions.in(DType.F32))) {
      sd.generate(
          Prompt.of("a cactus").seed(7).steps(20),
          (done, steps) -> {
            if (done == 1) {
              System.out.println(DONE);
              System.out.flush();
            }
          });
    }
  }
}
