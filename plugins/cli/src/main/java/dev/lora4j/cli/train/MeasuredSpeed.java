package dev.lora4j.cli.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.train.run.TrainingSpeed;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Training speed of this machine, measured once in a process, which takes up to a second. */
public final class MeasuredSpeed {
  private static final Map<Setup, TrainingSpeed> KNOWN = new ConcurrentHashMap<>();

  /** All of an engine that its speed depends on. */
  private record Setup(Device device, int threads, DType type) {}

  private MeasuredSpeed() {}

  /**
   * Speed of an engine.
   *
   * @param type the type to compute in
   */
  public static TrainingSpeed of(Engine engine, DType type) {
    return KNOWN.computeIfAbsent(
        new Setup(engine.device(), engine.threads(), type),
        setup -> TrainingSpeed.measure(engine, type));
  }
}
