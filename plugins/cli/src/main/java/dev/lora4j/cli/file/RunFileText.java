package dev.lora4j.cli.file;

import dev.lora4j.diffusion.config.TomlFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * A run file with all settings of a command that runs: what was said, and in a table of its own
 * what nobody said, which counts where nothing else is said, so that it refuses nothing.
 */
final class RunFileText {
  /** Table of values that nobody said. */
  static final String DEFAULTS = "defaults";

  private RunFileText() {}

  static String of(CommandSpec command, RunFileKeys keys) {
    StringBuilder said = new StringBuilder();
    StringBuilder others = new StringBuilder();
    ParseResult parsed = command.commandLine().getParseResult();
    for (RunFileKey key : keys.all()) {
      Optional<Object> value = key.value().filter(v -> !List.of().equals(v) && !Map.of().equals(v));
      boolean isSaid = said(parsed, key.arg());
      value.ifPresent(
          v ->
              (isSaid ? said : others)
                  .append(key.name())
                  .append(" = ")
                  .append(TomlFile.text(v))
                  .append('\n'));
    }
    String words = command.qualifiedName().replaceFirst("^\\S+ ", "");
    return "# Every setting of this run; "
        + words
        + " takes it as it is.\n"
        + said
        + "\n# What nobody said.\n["
        + DEFAULTS
        + "]\n"
        + others;
  }

  private static boolean said(ParseResult parsed, ArgSpec arg) {
    return parsed.matchedArgs().stream().anyMatch(one -> one.equals(arg));
  }
}
