package dev.lora4j.cli;

import dev.lora4j.core.spi.Plugin;
import dev.lora4j.core.spi.PluginFolder;
import dev.lora4j.core.tensor.FasterType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where plug-ins are looked for: the user's folder, and those that the command line names. */
final class PluginFolders {
  static final String OPTION = "--plugins";

  private PluginFolders() {}

  /** The user's own. */
  static Path ofUser() {
    return FasterType.home().resolve("plugins");
  }

  /**
   * The plug-ins for a command line. It is read before picocli does, as plug-ins bring commands.
   *
   * @throws Failure if it names a folder that is not there
   */
  static List<Plugin> scan(List<String> arguments) {
    List<Plugin> all = new ArrayList<>(PluginFolder.scan(ofUser()));
    for (Path folder : named(arguments)) {
      if (!Files.isDirectory(folder)) {
        throw new Failure(OPTION + " " + folder + ": there is no such folder.");
      }
      all.addAll(PluginFolder.scan(folder));
    }
    return all;
  }

  private static List<Path> named(List<String> arguments) {
    List<Path> folders = new ArrayList<>();
    for (int i = 0; i < arguments.size() && !arguments.get(i).equals("--"); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith(OPTION + "=")) {
        folders.add(Path.of(argument.substring(OPTION.length() + 1)));
      } else if (argument.equals(OPTION) && i + 1 < arguments.size()) {
        folders.add(Path.of(arguments.get(i + 1)));
      }
    }
    return folders;
  }
}
