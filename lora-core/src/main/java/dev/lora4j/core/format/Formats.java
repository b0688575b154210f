package dev.lora4j.core.format;

import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.PointView;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** The dialects there are, this library's and those that plug-ins bring. */
public final class Formats {
  private static final PointView<AdapterFormat, List<AdapterFormat>> ALL =
      PointView.of(AdapterFormat.class, Formats::inOrder);

  private Formats() {}

  /** All dialects in the order of their precedence. */
  public static List<AdapterFormat> all() {
    return ALL.get();
  }

  /** Address of a key in a dialect; empty if the dialect's plug-in fails. */
  public static Optional<KeyAddress> resolve(AdapterFormat format, String key, KeyContext context) {
    return Extensions.installed().ask(format, () -> format.resolve(key, context), Optional.empty());
  }

  private static List<AdapterFormat> inOrder(SortedMap<String, AdapterFormat> byName) {
    // The sort keeps the order of names among equals.
    return byName.values().stream().sorted(Comparator.comparing(Formats::reach)).toList();
  }

  private static AdapterFormat.Specificity reach(AdapterFormat format) {
    return Extensions.installed()
        .ask(format, format::specificity, AdapterFormat.Specificity.ANYTHING);
  }
}
