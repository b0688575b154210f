package dev.lora4j.core.format;

import dev.lora4j.core.spi.OfAll;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;

/** The dialects there are, this library's and those that plug-ins bring. */
public final class Formats {
  private static final OfAll<AdapterFormat, List<AdapterFormat>> ALL =
      OfAll.of(AdapterFormat.class, Formats::inOrder);

  private Formats() {}

  /** All dialects in the order in which they are asked about a key. */
  public static List<AdapterFormat> all() {
    return ALL.get();
  }

  private static List<AdapterFormat> inOrder(SortedMap<String, AdapterFormat> byName) {
    // The sort keeps the order of names among equals.
    return byName.values().stream().sorted(Comparator.comparing(AdapterFormat::reach)).toList();
  }
}
