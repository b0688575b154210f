package dev.lora4j.spi;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tries a plug-in out: unlike listing, this runs its code. */
public final class PluginCheck {
  private PluginCheck() {}

  /**
   * All that is wrong with a jar, whether or not it lies in a plug-ins folder: what it says of
   * itself, whether its names are free among those that are {@linkplain Extensions#installed()
   * installed}, whether each of its classes can be loaded and is what the index says, and whether
   * each extension that needs no setting can be made.
   *
   * @return nothing if it can be used once it is admitted
   */
  public static List<String> problems(Path file) {
    PluginJar jar;
    try {
      jar = PluginJar.read(file);
    } catch (ExtensionException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
    List<String> problems = new ArrayList<>();
    PluginFolder.versionRefusal(jar).ifPresent(problems::add);
    if (jar.extensions().isEmpty()) {
      problems.add("its index is empty");
    }
    Extensions.installed().taken(jar).ifPresent(problems::add);
    try (Plugin plugin = Plugin.of(jar)) {
      problems.addAll(problems(plugin));
    }
    return problems;
  }

  /** The same of a plug-in that is in use; what cannot be loaded is quarantined by it. */
  public static List<String> problems(Plugin plugin) {
    List<String> problems = new ArrayList<>();
    for (ExtensionInfo info : plugin.extensions()) {
      problem(plugin, info).ifPresent(problems::add);
    }
    return problems;
  }

  private static Optional<String> problem(Plugin plugin, ExtensionInfo info) {
    try {
      Class<?> type = plugin.load(info);
      if (info.settings().stream().allMatch(s -> s.defaultValue().isPresent())) {
        plugin.call(() -> ExtensionFactory.make(info, type, Map.of()));
      }
      return Optional.empty();
    } catch (Exception | Error e) {
      Plugin.throwIfEnding(e);
      return Optional.of(info.pointName() + " " + info.name() + ": " + e.getMessage());
    }
  }
}
