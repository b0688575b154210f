package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.request.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process that loads, uses and unloads, and prints how many kB are resident in between. */
final class UnloadingProgram {
  private static final Prompt PROMPT = Prompt.of("a fox").steps(2).guidance(1);

  private UnloadingProgram() {}

  /** Arguments: a model folder, the type to compute in, an adapter, rounds. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    DType compute = DType.valueOf(arguments[1]);
    Path adapter = Path.of(arguments[2]);
    int rounds = Integer.parseInt(arguments[3]);
    try (Lora4j lora = Lora4j.open()) {
      try (StableDiffusion sd = StableDiffusion.open(lora, folder, LoadOptions.in(compute))) {
        sd.generate(PROMPT);
        for (int i = 0; i < rounds; i++) {
          use(sd, adapter);
          tell("adapters");
        }
        lora.engine().trimMemory();
        tell("least");
      }
      for (int i = 0; i < rounds; i++) {
        tell("model");
        try (StableDiffusion sd = StableDiffusion.open(lora, folder, LoadOptions.in(compute))) {
          use(sd, adapter);
          tell("loaded");
        }
      }
      tell("model");
    }
  }

  private static void use(StableDiffusion sd, Path file) {
    Adapter adapter = sd.adapter(file);
    sd.generate(PROMPT.mix(MixPlan.of(adapter, 0.5)));
    sd.generate(PROMPT.mix(MixPlan.of(adapter, Weight.steps(0, 0.6, 0.5))));
  }

  private static void tell(String what) throws IOException {
    System.gc();
    String resident =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(l -> l.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    System.out.println(what + " " + resident.replaceAll("\\D", ""));
  }
}
