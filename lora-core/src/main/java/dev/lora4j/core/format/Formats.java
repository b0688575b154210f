package dev.lora4j.core.format;

import dev.lora4j.core.adapter.AdapterException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** The dialects there are: those of this library, and those that other jars bring as services. */
public final class Formats {
  private static final List<AdapterFormat> ALL = load();

  private Formats() {}

  private static List<AdapterFormat> load() {
    List<AdapterFormat> all = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    for (AdapterFormat format :
        ServiceLoader.load(AdapterFormat.class, AdapterFormat.class.getClassLoader())) {
      if (!names.add(format.name())) {
        throw new AdapterException(
            "Two formats of adapters are called "
                + format.name()
                + ", one of them "
                + format.getClass().getName()
                + "; remove one from the class path.");
      }
      all.add(format);
    }
    return List.copyOf(all);
  }

  /** All dialects. */
  public static List<AdapterFormat> all() {
    return ALL;
  }
}
