package dev.lora4j.spark;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.EngineOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Models of one kind in one Java machine, each opened once, by whoever asks first. They have an
 * engine of their own.
 *
 * @param <S> where models come from
 * @param <M> a model
 */
final class OpenModels<S extends ExecutorModel, M> {
  private final BiFunction<Lora4j, S, M> opening;
  private final Consumer<M> closing;
  private final Map<S, M> models = new HashMap<>();
  private final Map<Device, Lora4j> engines = new HashMap<>();

  OpenModels(BiFunction<Lora4j, S, M> opening, Consumer<M> closing) {
    this.opening = opening;
    this.closing = closing;
  }

  /**
   * The model of a source.
   *
   * @throws ModelException if it cannot be opened; the message names this machine
   */
  synchronized M of(S source) {
    M open = models.get(source);
    if (open != null) {
      return open;
    }
    Lora4j own = engines.computeIfAbsent(source.device(), OpenModels::engine);
    try {
      M opened = opening.apply(own, source);
      models.put(source, opened);
      return opened;
    } catch (ModelException e) {
      throw new ModelException(
          "The base cannot be opened on "
              + ExecutorBases.host()
              + ", which needs it as this program has it: "
              + e.getMessage());
    }
  }

  /*
   * Operators have as many threads as Spark gives a task, not as many as there are processors: other
   * tasks use those, and the last bits of what is computed depend on the number.
   */
  private static Lora4j engine(Device device) {
    return Lora4j.open(EngineOptions.DEFAULT.threads(TaskThreads.count()).device(device));
  }

  /** Closes all; nothing may use them any more. */
  synchronized void close() {
    models.values().forEach(closing);
    models.clear();
    engines.values().forEach(Lora4j::close);
    engines.clear();
  }
}
