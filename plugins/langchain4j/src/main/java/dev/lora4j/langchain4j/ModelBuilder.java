package dev.lora4j.langchain4j;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.EngineOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Builder of a model: the base, its adapters and where it is computed.
 *
 * @param <B> the builder itself
 */
public abstract class ModelBuilder<B extends ModelBuilder<B>> {
  private final Map<Path, Double> adapters = new LinkedHashMap<>();
  private Optional<Lora4j> lora = Optional.empty();
  private Optional<Path> base = Optional.empty();
  private Optional<String> name = Optional.empty();
  private EngineOptions engine = EngineOptions.DEFAULT;
  private DType compute = DType.F32;

  /** For the builders of this package. */
  ModelBuilder() {}

  /** This. */
  abstract B self();

  /** Base that the model loads, and frees when it is closed. */
  public B base(Path path) {
    base = Optional.of(path);
    return self();
  }

  /** Adapter that takes part in every request that names no others. */
  public B adapter(Path path, double weight) {
    adapters.put(path, weight);
    return self();
  }

  /** Name of the model, that answers and requests have; the base's own if this is not called. */
  public B modelName(String text) {
    name = Optional.of(text);
    return self();
  }

  /** Open library to load the base with, which its owner closes; else the model opens its own. */
  public B lora(Lora4j open) {
    lora = Optional.of(open);
    return self();
  }

  /** Threads inside one operator, of a library that the model opens. */
  public B threads(int count) {
    engine = engine.threads(count);
    return self();
  }

  /** Device of a library that the model opens; the processor if this is not called. */
  public B device(Device other) {
    engine = engine.device(other);
    return self();
  }

  /** Type to compute in; F32 if this is not called. */
  public B compute(DType type) {
    compute = type;
    return self();
  }

  /** The library to load the base with. */
  final Lora4j library(OpenedResources opened) {
    if (lora.isPresent()) {
      if (!engine.equals(EngineOptions.DEFAULT)) {
        throw new IllegalArgumentException(
            "threads and device are those of the library that lora() gives; leave them out, or open"
                + " that library with them.");
      }
      return lora.get();
    }
    Lora4j own = Lora4j.open(engine);
    opened.add(own::close);
    return own;
  }

  /** The base to load. */
  final Path folder() {
    return base.orElseThrow(() -> new IllegalArgumentException("Give the model a base."));
  }

  /** Refuses what has no effect on something that is open already. */
  final void requireNothingToLoad(String given) {
    boolean plain =
        base.isEmpty()
            && lora.isEmpty()
            && engine.equals(EngineOptions.DEFAULT)
            && compute == DType.F32;
    if (!plain) {
      throw new IllegalArgumentException(
          given
              + " is loaded already; leave out base, lora, threads, device and compute, or leave it"
              + " out.");
    }
  }

  /** Name of the model. */
  final String name(Path path) {
    Optional<Path> file = Optional.ofNullable(path.toAbsolutePath().normalize().getFileName());
    return name.orElseGet(() -> file.map(Path::toString).orElse("model"));
  }

  final DType compute() {
    return compute;
  }

  final Map<Path, Double> adapters() {
    return adapters;
  }
}
