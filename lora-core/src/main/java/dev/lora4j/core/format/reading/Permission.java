package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.spi.ExtensionInfo;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.Plugin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Joint decision of all installed policies on an adapter. */
final class Permission {
  private Permission() {}

  /**
   * Reasons for a refusal, a sentence for each policy that refuses; none if the user may use the
   * adapter.
   */
  static List<String> refusals(Path file, Adapter adapter, String user) {
    List<String> refusals = new ArrayList<>();
    for (Extensions.Installed policy : Extensions.installed().list(AdapterPolicy.class)) {
      String name = policy.info().name();
      // The identity is computed for those alone that have a policy.
      AdapterPolicy.Use asked =
          new AdapterPolicy.Use(file, adapter.identity(), adapter.metadata(), user);
      refusal(name, asked)
          .ifPresent(
              reason ->
                  refusals.add("The policy " + name + " does not permit " + file + ": " + reason));
    }
    for (Plugin plugin : Extensions.installed().plugins()) {
      if (plugin.failed()) {
        lost(plugin).forEach(name -> refusals.add(unasked(name, file, plugin)));
      }
    }
    return refusals;
  }

  /*
   * A jar may fail over a file that was made for that; its policies' decisions on this file, and on
   * all that follow, are unknown then.
   */
  private static List<String> lost(Plugin plugin) {
    return plugin.extensions().stream()
        .filter(e -> e.point().equals(AdapterPolicy.class.getName()))
        .map(ExtensionInfo::name)
        .toList();
  }

  private static String unasked(String name, Path file, Plugin plugin) {
    return "The policy "
        + name
        + " does not permit "
        + file
        + ": it can no longer be asked, as "
        + plugin.origin()
        + " is not used: "
        + plugin.quarantine().orElse("")
        + ".";
  }

  private static Optional<String> refusal(String name, AdapterPolicy.Use asked) {
    try {
      return Extensions.installed().shared(AdapterPolicy.class, name).refusal(asked);
    } catch (RuntimeException | Error e) {
      Plugin.throwIfEnding(e);
      // A policy that cannot be called might have refused.
      return Optional.of("it cannot be asked (" + e + ").");
    }
  }
}
