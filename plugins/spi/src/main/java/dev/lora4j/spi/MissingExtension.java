package dev.lora4j.spi;

import java.util.List;
import java.util.SortedSet;

/** Error for a missing extension: the reason, the existing names, the jar that would bring it. */
final class MissingExtension {
  private MissingExtension() {}

  /**
   * The error.
   *
   * @param names of those of the point that there are
   * @param plugins among which one that is not used may have it
   */
  static ExtensionException of(
      Class<?> point, String name, SortedSet<String> names, List<Plugin> plugins) {
    for (Plugin plugin : plugins) {
      if (plugin.quarantine().isPresent()
          && plugin.extensions().stream()
              .anyMatch(i -> i.point().equals(point.getName()) && i.name().equals(name))) {
        return new ExtensionException(
            point.getSimpleName()
                + " "
                + name
                + " is in "
                + plugin.origin()
                + ", which is not used: "
                + plugin.quarantine().get()
                + ".");
      }
    }
    String brought =
        StandardPlugins.bringing(point, name)
            .map(
                jar ->
                    " It comes with "
                        + jar
                        + ", which is neither on the class path nor in a plug-ins folder.")
            .orElse("");
    List<String> near = brought.isEmpty() ? NearestNames.near(name, names, 1) : List.of();
    return new ExtensionException(
        "There is no "
            + point.getSimpleName()
            + " '"
            + name
            + "'."
            + brought
            + (near.isEmpty() ? "" : " Did you mean " + near.get(0) + "?")
            + (names.isEmpty()
                ? " There are none."
                : " There are " + String.join(", ", names) + "."));
  }
}
