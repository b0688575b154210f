package dev.lora4j.cli;

import dev.lora4j.cli.console.Printable;
import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.ExtensionInfo;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.Plugin;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The commands that there are. */
public final class Commands {
  /** Order of the commands in lists; those of plug-ins come after, by name. */
  private static final List<String> ORDER =
      List.of(
          "quickstart",
          "plan",
          "train",
          "generate",
          "grid",
          "evaluate",
          "inspect",
          "convert",
          "merge",
          "distill",
          "resize",
          "compare",
          "mix",
          "extract",
          "bake",
          "store",
          "plugins",
          "doctor");

  private static final int LONGEST_HELP = 200;

  private Commands() {}

  /**
   * Name of the command among the arguments, the first word that belongs to no option; else empty.
   */
  static String asked(List<String> arguments) {
    boolean value = false;
    for (String argument : arguments) {
      if (!value && !argument.startsWith("-")) {
        return argument;
      }
      value = !value && argument.equals(PluginFolders.OPTION);
    }
    return "";
  }

  /**
   * Adds all to the program: the requested one whole, the others with their line in the list of
   * commands.
   *
   * @throws ExtensionException if that is a plug-in's and cannot be one of this program
   */
  public static void add(CommandLine program, List<String> arguments) {
    String asked = asked(arguments);
    Extensions.installed().list(Command.class).stream()
        .map(Extensions.Installed::info)
        .sorted(Comparator.comparing(Commands::place).thenComparing(ExtensionInfo::name))
        .forEach(info -> add(program, info, asked.equals(info.name())));
  }

  private static int place(ExtensionInfo info) {
    int place = ORDER.indexOf(info.name());
    return place < 0 ? ORDER.size() : place;
  }

  private static void add(CommandLine program, ExtensionInfo info, boolean asked) {
    if (asked) {
      ExtensionRequest request = new ExtensionRequest(info.name(), Map.of());
      add(program, info.name(), Extensions.installed().make(Command.class, request));
    } else {
      CommandSpec line = CommandSpec.create();
      // Anybody's text, and a format to picocli.
      String help = Printable.of(info.help(), LONGEST_HELP).replace("%", "%%");
      line.usageMessage().description(help);
      program.addSubcommand(info.name(), line);
    }
  }

  private static void add(CommandLine program, String name, Command command) {
    try {
      program.addSubcommand(name, command);
    } catch (RuntimeException | Error e) {
      Plugin.throwIfEnding(e);
      // Picocli looks at classes that way only when it gets them.
      Optional<Plugin> plugin = Extensions.installed().plugin(command);
      if (plugin.isEmpty()) {
        throw e;
      }
      String reason = "its command " + name + " is none that picocli takes: " + e.getMessage();
      plugin.get().quarantine(reason);
      throw new ExtensionException(plugin.get().file() + " is not used: " + reason + ".", e);
    }
  }
}
