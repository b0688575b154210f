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
   * Problems of a jar, inside or outside a plug-ins folder: its description of itself, names taken
   * by {@linkplain Extensions#installed() installed} extensions, classes that cannot be loaded or
   * differ from the index, and extensions without required settings that cannot be made.
   *
   * @return none if it can be used once it is admitted
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

  /** Problems of a plug-in in use; a class that cannot be loaded quarantines the plug-in. */
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
