package dev.lora4j.core.adapter.training;

import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import java.util.Map;
import java.util.SortedMap;

/** The methods that can be trained, this library's and those that plug-ins bring. */
public final class TrainableMethods {
  private TrainableMethods() {}

  /** All trainable methods by name, with default settings. */
  public static SortedMap<String, TrainableMethod> all() {
    return Extensions.installed().shared(TrainableMethod.class);
  }

  /**
   * The method called {@code name} with some settings other than its defaults.
   *
   * @throws ExtensionException if there is no such method or setting, or a value does not fit
   */
  public static TrainableMethod named(String name, Map<String, ?> settings) {
    ExtensionRequest request = new ExtensionRequest(name, Map.copyOf(settings));
    return Extensions.installed().make(TrainableMethod.class, request);
  }
}
