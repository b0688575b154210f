package dev.lora4j.cli.plugins;

import dev.lora4j.cli.PluginFolders;
import dev.lora4j.cli.console.Finding;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.spi.Capability;
import dev.lora4j.spi.ExtensionInfo;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.Plugin;
import dev.lora4j.spi.PluginCheck;
import dev.lora4j.spi.PluginJar;
import dev.lora4j.spi.SettingInfo;
import dev.lora4j.spi.SettingSchema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Plug-ins and extensions, for people and programs. */
final class PluginReport {
  private PluginReport() {}

  /** All plug-ins, with the reasons of those that are not used. */
  static List<String> plugins(List<Plugin> plugins) {
    List<String> lines = new ArrayList<>();
    if (plugins.isEmpty()) {
      lines.add("There is no plug-in in " + PluginFolders.ofUser() + ".");
    }
    for (Plugin plugin : plugins) {
      lines.add(plugin.file().toString());
      plugin.quarantine().ifPresent(reason -> lines.add("! not used: " + reason));
      jar(plugin.jar()).forEach(line -> lines.add("  " + line));
    }
    lines.add("");
    return lines;
  }

  /** Description of a jar, from its own metadata. */
  static List<String> jar(PluginJar jar) {
    List<String> lines = new ArrayList<>();
    lines.add(
        jar.name()
            + " "
            + jar.version()
            + jar.api().map(a -> ", for API " + a.text()).orElse("")
            + (jar.capabilities().isEmpty() ? "" : ", asks for " + capabilities(jar)));
    if (!jar.extensions().isEmpty()) {
      lines.add(
          jar.extensions().stream()
              .map(e -> e.pointName() + " " + e.name())
              .collect(Collectors.joining(", ")));
    }
    return lines;
  }

  private static String capabilities(PluginJar jar) {
    return jar.capabilities().stream()
        .sorted()
        .map(Capability::text)
        .collect(Collectors.joining(", "));
  }

  /** All extensions, a heading for each kind of each point. */
  static List<String> extensions(List<Extensions.Installed> extensions) {
    List<String> lines = new ArrayList<>();
    String point = "";
    int width = extensions.stream().mapToInt(e -> e.info().name().length()).max().orElse(0);
    List<ExtensionInfo> sorted =
        extensions.stream()
            .map(Extensions.Installed::info)
            .sorted(Comparator.comparing(PluginReport::kind).thenComparing(ExtensionInfo::name))
            .toList();
    for (ExtensionInfo info : sorted) {
      if (!kind(info).equals(point)) {
        point = kind(info);
        lines.add(point);
      }
      lines.add(
          "  "
              + String.format("%-" + width + "s", info.name())
              + "  "
              + info.help()
              + (info.experimental() ? " (experimental)" : ""));
    }
    return lines;
  }

  private static String kind(ExtensionInfo info) {
    return info.kinds().isEmpty()
        ? info.pointName()
        : info.pointName() + ": " + String.join(", ", info.kindNames());
  }

  /** An extension with its settings. */
  static List<String> details(Extensions.Installed extension) {
    ExtensionInfo info = extension.info();
    List<String> lines = new ArrayList<>();
    lines.add(
        info.pointName() + " " + info.name() + (info.experimental() ? " (experimental)" : ""));
    lines.add("  " + info.help());
    if (!info.kinds().isEmpty()) {
      lines.add("  of the kind " + String.join(", ", info.kindNames()));
    }
    lines.add("  from " + extension.origin() + ", " + info.type());
    for (SettingInfo setting : info.settings()) {
      lines.add(
          "  "
              + setting.name()
              + "  "
              + setting.help()
              + "; "
              + setting.expected()
              + setting
                  .defaultValue()
                  .map(o -> " (default: " + (o.isEmpty() ? "none" : o) + ")")
                  .orElse(", must be given"));
    }
    return lines;
  }

  /**
   * Extensions of this name in a plug-in, and the reason for which they are not used; empty if they
   * are.
   */
  static List<String> unused(Plugin plugin, String name) {
    List<String> lines = new ArrayList<>();
    plugin
        .quarantine()
        .ifPresent(
            reason ->
                plugin.extensions().stream()
                    .filter(info -> info.name().equals(name))
                    .forEach(
                        info -> {
                          lines.addAll(details(new Extensions.Installed(info, plugin.origin())));
                          lines.add("! not used: " + reason);
                        }));
    return lines;
  }

  /** Finding of the doctor about a plug-in; this runs its code. */
  static Finding finding(Plugin plugin) {
    String name = String.valueOf(plugin.file().getFileName());
    if (plugin.quarantine().isPresent()) {
      return Finding.problem(name, "not used", printable(plugin.quarantine().get()));
    }
    List<String> problems =
        PluginCheck.problems(plugin).stream().map(PluginReport::printable).toList();
    return problems.isEmpty()
        ? Finding.good(name, plugin.jar().extensions().size() + " extensions")
        : Finding.problem(name, problems, "Ask its author for a release that fits, or remove it.");
  }

  private static String printable(String text) {
    return Printable.of(text, Integer.MAX_VALUE);
  }

  static Json json(PluginJar jar) {
    return new Json()
        .put("name", jar.name())
        .put("version", jar.version())
        .put("api", jar.api().map(a -> a.text()).orElse(""))
        .put("capabilities", jar.capabilities().stream().sorted().map(Capability::text).toList())
        .put(
            "extensions",
            jar.extensions().stream().map(e -> e.pointName() + " " + e.name()).toList());
  }

  static Json json(Plugin plugin) {
    Json json = json(plugin.jar()).put("file", plugin.file().toString());
    json.put("used", plugin.quarantine().isEmpty());
    plugin.quarantine().ifPresent(reason -> json.put("reason", reason));
    return json;
  }

  static Json json(Extensions.Installed extension) {
    ExtensionInfo info = extension.info();
    return new Json()
        .put("point", info.point())
        .put("name", info.name())
        .put("help", info.help())
        .put("experimental", info.experimental())
        .put("kinds", info.kinds())
        .put("from", extension.origin())
        .put("settings", SettingSchema.of(info));
  }
}
