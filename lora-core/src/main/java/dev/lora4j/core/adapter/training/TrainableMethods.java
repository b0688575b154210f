package dev.lora4j.core.adapter.training;

import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/** The methods that can be trained, this library's and those that plug-ins bring. */
public final class TrainableMethods {
  /** Setting of methods that two tools define differently; a {@link ToolConvention}. */
  private static final String CONVENTION = "convention";

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

  /**
   * The method called {@code name}, in the form of {@code convention} if it has several and the
   * settings choose none.
   *
   * @throws ExtensionException as {@link #named(String, Map)}
   */
  public static TrainableMethod named(
      String name, Map<String, ?> settings, ToolConvention convention) {
    Map<String, Object> all = new HashMap<>(settings);
    boolean several =
        Extensions.installed()
            .find(TrainableMethod.class, name)
            .filter(e -> e.info().settings().stream().anyMatch(s -> s.name().equals(CONVENTION)))
            .isPresent();
    if (several) {
      all.putIfAbsent(CONVENTION, convention.name().toLowerCase(Locale.ROOT));
    }
    return named(name, all);
  }
}
