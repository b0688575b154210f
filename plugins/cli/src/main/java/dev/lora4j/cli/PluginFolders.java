package dev.lora4j.cli;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.tensor.AutoDType;
import dev.lora4j.spi.Plugin;
import dev.lora4j.spi.PluginFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Folders of plug-ins: the user's folder, and those that the command line names. */
public final class PluginFolders {
  static final String OPTION = "--plugins";

  private PluginFolders() {}

  /** The user's own. */
  public static Path ofUser() {
    return AutoDType.home().resolve("plugins");
  }

  /**
   * The plug-ins for a command line. It is read before picocli does, as plug-ins bring commands.
   *
   * @throws Failure if it names a folder that is not there
   */
  static List<Plugin> scan(List<String> arguments) {
    List<Path> folders = new ArrayList<>(List.of(ofUser()));
    for (String named : named(arguments)) {
      // The empty path would be the folder that one is in.
      if (named.isBlank() || !Files.isDirectory(Path.of(named))) {
        throw new Failure(OPTION + " '" + named + "': there is no such folder.");
      }
      folders.add(Path.of(named));
    }
    Set<Path> seen = new HashSet<>();
    return folders.stream()
        .filter(folder -> seen.add(real(folder)))
        .flatMap(folder -> PluginFolder.scan(folder).stream())
        .toList();
  }

  /** True if a folder is one of these, in any notation. */
  public static boolean among(Path folder, List<Path> named) {
    return Stream.concat(Stream.of(ofUser()), named.stream())
        .anyMatch(one -> real(one).equals(real(folder)));
  }

  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      return folder.toAbsolutePath().normalize();
    }
  }

  private static List<String> named(List<String> arguments) {
    List<String> folders = new ArrayList<>();
    for (int i = 0; i < arguments.size() && !arguments.get(i).equals("--"); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith(OPTION + "=")) {
        folders.add(argument.substring(OPTION.length() + 1));
      } else if (argument.equals(OPTION) && i + 1 < arguments.size()) {
        folders.add(arguments.get(i + 1));
      }
    }
    return folders;
  }
}
