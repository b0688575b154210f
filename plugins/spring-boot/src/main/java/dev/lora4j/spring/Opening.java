package dev.lora4j.spring;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.tensor.TensorException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Work at the start whose failure is that of a property. */
final class Opening {
  private Opening() {}

  /**
   * What the work makes of a property's value.
   *
   * @throws Lora4jPropertyException if it fails
   */
  static <T> T of(String property, @Nullable Object value, Supplier<T> work) {
    return of(found(property, value), property, work);
  }

  private static String found(String property, @Nullable Object value) {
    return property + " is '" + value + "'. ";
  }

  /** The failure of a value that cannot be used. */
  static Lora4jPropertyException unusable(String property, Object value, String remedy) {
    String message = found(property, value) + remedy;
    return new Lora4jPropertyException(property, message, new IllegalArgumentException(message));
  }

  /** Checks properties that begin alike. */
  static void check(String properties, Runnable work) {
    of(
        properties + ".* cannot be followed. ",
        properties,
        () -> {
          work.run();
          return true;
        });
  }

  private static <T> T of(String found, String property, Supplier<T> work) {
    try {
      return work.get();
    } catch (ModelException
        | AdapterException
        | SafetensorsException
        | TensorException
        | UnsupportedOperationException
        | IllegalArgumentException
        | UncheckedIOException e) {
      throw new Lora4jPropertyException(property, found + e.getMessage(), e);
    }
  }
}
