package dev.lora4j.cli;

import dev.lora4j.core.spi.ExtensionInfo;
import dev.lora4j.core.spi.ExtensionRequest;
import dev.lora4j.core.spi.Extensions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The commands that there are. */
final class Commands {
  /** In the order that people meet them; those of others come after, by name. */
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
          "resize",
          "compare",
          "mix",
          "extract",
          "bake",
          "plugins",
          "doctor");

  private Commands() {}

  /**
   * Adds all to the program: those that the arguments name with all they can do, the others with
   * what the list of commands says of them.
   */
  static void add(CommandLine program, List<String> arguments) {
    Extensions.installed().list(Command.class).stream()
        .map(Extensions.Installed::info)
        .sorted(Comparator.comparing(Commands::place).thenComparing(ExtensionInfo::name))
        .forEach(info -> add(program, info, arguments.contains(info.name())));
  }

  private static int place(ExtensionInfo info) {
    int place = ORDER.indexOf(info.name());
    return place < 0 ? ORDER.size() : place;
  }

  private static void add(CommandLine program, ExtensionInfo info, boolean asked) {
    if (asked) {
      ExtensionRequest request = new ExtensionRequest(info.name(), Map.of());
      program.addSubcommand(info.name(), Extensions.installed().make(Command.class, request));
    } else {
      CommandSpec line = CommandSpec.create();
      line.usageMessage().description(info.help());
      program.addSubcommand(info.name(), line);
    }
  }
}
