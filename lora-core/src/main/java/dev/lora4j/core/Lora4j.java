package dev.lora4j.core;

import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Engine;

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
   * Opens the library on a device: {@link Device#CPU}, a card, or {@link Device#AUTO}.
   *
   * @throws dev.lora4j.core.tensor.TensorException if the device cannot be used, with what to do
   */
  public static Lora4j open(Device device) {
    return new Lora4j(Engine.open(device));
  }

  /** Opens the library on the CPU with {@code threads} threads inside one operator. */
  public static Lora4j open(int threads) {
    return new Lora4j(Engine.open(threads));
  }

  /**
   * Opens the library on a device, with {@code threads} threads inside one operator on the CPU.
   *
   * @throws dev.lora4j.core.tensor.TensorException if the device cannot be used, with what to do
   */
  public static Lora4j open(int threads, Device device) {
    return new Lora4j(Engine.open(threads, device));
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
