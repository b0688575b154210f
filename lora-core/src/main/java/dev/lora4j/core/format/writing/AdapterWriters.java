package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.AdapterException;
import java.util.Collections;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;

/** The layouts that can be written: those of this library, and those that other jars bring. */
public final class AdapterWriters {
  private static final SortedMap<String, AdapterWriter> BY_NAME = load();

  private AdapterWriters() {}

  private static SortedMap<String, AdapterWriter> load() {
    SortedMap<String, AdapterWriter> byName = new TreeMap<>();
    for (AdapterWriter writer :
        ServiceLoader.load(AdapterWriter.class, AdapterWriter.class.getClassLoader())) {
      AdapterWriter other = byName.put(writer.name(), writer);
      if (other != null) {
        throw new AdapterException(
            "Two layouts of adapters are called "
                + writer.name()
                + ": "
                + other.getClass().getName()
                + " and "
                + writer.getClass().getName()
                + "; remove one of them from the class path.");
      }
    }
    return Collections.unmodifiableSortedMap(byName);
  }

  /** All layouts by name. */
  public static SortedMap<String, AdapterWriter> all() {
    return BY_NAME;
  }

  /**
   * The layout called {@code name}.
   *
   * @throws AdapterException if there is none
   */
  public static AdapterWriter named(String name) {
    return Optional.ofNullable(BY_NAME.get(name))
        .orElseThrow(
            () ->
                new AdapterException(
                    "There is no layout of adapters called '"
                        + name
                        + "' to write; there are "
                        + String.join(", ", BY_NAME.keySet())
                        + "."));
  }
}
