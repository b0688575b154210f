package dev.lora4j.cli.model;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.nio.file.Path;
import java.util.List;

/**
 * A base model that is loaded into a running engine.
 *
 * @param owned what is closed with it, in order; empty if base and engine are somebody else's
 */
public record OpenModel(StableDiffusion sd, List<AutoCloseable> owned) implements AutoCloseable {
  /** Copies the list. */
  public OpenModel {
    owned = List.copyOf(owned);
  }

  /** Starts the engine and loads what the options name. */
  public static OpenModel of(Console console, ModelOptions options) {
    Path path = options.path();
    long began = System.nanoTime();
    options.outline();
    Lora4j lora = options.where.open(console);
    try {
      DType compute = ComputeType.of(console, lora.engine(), options.type());
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
      return new OpenModel(sd, List.of(sd, lora));
    } catch (RuntimeException | Error e) {
      lora.close();
      throw e;
    }
  }

  /**
   * Loads what the options name into an engine that is open already.
   *
   * @param options with the type to compute in
   */
  public static StableDiffusion open(Lora4j lora, ModelOptions options) {
    DType compute = options.type().orElseThrow();
    return StableDiffusion.open(lora, options.path(), options.loading(compute));
  }

  private static String name(Path path) {
    return String.valueOf(path.toAbsolutePath().normalize().getFileName());
  }

  /** The engine that the model is loaded into. */
  public Engine engine() {
    return sd.scope().engine();
  }

  /** The type that networks compute in. */
  public DType compute() {
    return sd.base().compute();
  }

  @Override
  public void close() {
    for (AutoCloseable one : owned) {
      try {
        one.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("The base cannot be closed.", e);
      }
    }
  }
}
