package dev.lora4j.core;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;

/**
 * An open library: the native engine and everything made through it.
 *
 * <p>Safe for use by several threads. Closing it closes what was made through it.
 */
public final class Lora4j implements AutoCloseable {
  private final Engine engine;

  private Lora4j(Engine engine) {
    this.engine = engine;
  }

  /**
   * Opens the library on all processors that this process may use, see {@link
   * dev.lora4j.core.tensor.runtime.ProcessorShare}.
   */
  public static Lora4j open() {
    return new Lora4j(Engine.open());
  }

  /**
   * Opens the library with options.
   *
   * @throws dev.lora4j.core.tensor.TensorException if the device cannot be used, with what to do
   */
  public static Lora4j open(EngineOptions options) {
    return new Lora4j(Engine.open(options));
  }

  /** The engine. */
  public Engine engine() {
    return engine;
  }

  @Override
  public void close() {
    engine.close();
  }
}
