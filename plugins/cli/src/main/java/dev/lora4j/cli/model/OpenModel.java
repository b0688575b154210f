package dev.lora4j.cli.model;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.nio.file.Path;
import java.util.Optional;

/** A running engine with a base model loaded into it. */
public record OpenModel(Lora4j lora, StableDiffusion sd) implements AutoCloseable {
  /** Starts the engine and loads what the options name. */
  public static OpenModel of(Console console, ModelOptions options) {
    Path path = options.path();
    long began = System.nanoTime();
    options.outline();
    Lora4j lora = options.where.open(console);
    try {
      Optional<DType> asked =
          switch (options.compute) {
            case f32 -> Optional.of(DType.F32);
            case bf16 -> Optional.of(DType.BF16);
            case f16 -> Optional.of(DType.F16);
            case auto -> Optional.empty();
          };
      DType compute = ComputeType.of(console, lora.engine(), asked);
      StableDiffusion sd = StableDiffusion.open(lora, path, options.loading(compute));
      console.note(
          "Loaded "
              + name(path)
              + " in "
              + Durations.since(began)
              + " ("
              + lora.engine().version()
              + ", "
              + DeviceOption.place(lora.engine())
              + ", computing in "
              + compute
              + ").");
      sd.base().notes().forEach(console::note);
      return new OpenModel(lora, sd);
    } catch (RuntimeException | Error e) {
      lora.close();
      throw e;
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.toAbsolutePath().normalize().getFileName());
  }

  /** The type that networks compute in. */
  public DType compute() {
    return sd.base().compute();
  }

  @Override
  public void close() {
    sd.close();
    lora.close();
  }
}
