package dev.lora4j.core.adapter.training;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/** The methods that can be trained: those of this library, and those that other jars bring. */
public final class TrainableMethods {
  private static final SortedMap<String, TrainableMethod> BY_NAME = load();

  private TrainableMethods() {}

  private static SortedMap<String, TrainableMethod> load() {
    SortedMap<String, TrainableMethod> byName = new TreeMap<>();
    ServiceLoader.load(TrainableMethod.class, TrainableMethod.class.getClassLoader())
        .forEach(
            method -> {
              TrainableMethod other = byName.put(method.name(), method);
              if (other != null) {
                throw new IllegalStateException(
                    "Two trainable methods are called "
                        + method.name()
                        + ": "
                        + other.getClass().getName()
                        + " and "
                        + method.getClass().getName()
                        + "; remove one of them from the class path.");
              }
            });
    return Collections.unmodifiableSortedMap(byName);
  }

  /** All of them by name, with their default options. */
  public static SortedMap<String, TrainableMethod> all() {
    return BY_NAME;
  }

  /**
   * The method called {@code name} with these options.
   *
   * @throws IllegalArgumentException if there is no such method or option
   */
  public static TrainableMethod named(String name, Map<String, String> options) {
    TrainableMethod method =
        Optional.ofNullable(BY_NAME.get(name))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "No method called "
                            + name
                            + " can be trained; there are "
                            + BY_NAME.keySet()
                            + "."));
    for (Map.Entry<String, String> option : new TreeMap<>(options).entrySet()) {
      method = method.with(option.getKey(), option.getValue());
    }
    return method;
  }
}
