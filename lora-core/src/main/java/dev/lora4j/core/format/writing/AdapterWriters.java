package dev.lora4j.core.format.writing;

import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.Extensions;
import java.util.SortedMap;

/** The layouts that can be written, this library's and those that plug-ins bring. */
public final class AdapterWriters {
  private AdapterWriters() {}

  /** All layouts by name. */
  public static SortedMap<String, AdapterWriter> all() {
    return Extensions.installed().shared(AdapterWriter.class);
  }

  /**
   * The layout called {@code name}.
   *
   * @throws ExtensionException if there is none
   */
  public static AdapterWriter named(String name) {
    return Extensions.installed().shared(AdapterWriter.class, name);
  }
}
