package dev.lora4j.cli.file;

import dev.lora4j.spi.NearestNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The keys of a command's run file: long names of its options without dashes, and others. */
public final class RunFileKeys {
  /** Options that say what to do with a run, and nothing of the run itself. */
  private static final Set<String> OF_COMMAND_LINES =
      Set.of(
          "config",
          "resume",
          "overwrite",
          "json",
          "find-rate",
          "find-steps",
          "help",
          "version",
          "debug",
          "plugins");

  /** Options that say one thing in two ways; what comes later counts. */
  private static final List<Set<String>> EITHER = List.of(Set.of("--steps", "--epochs"));

  private final CommandSpec command;
  private final Map<String, RunFileKey> keys = new LinkedHashMap<>();

  private RunFileKeys(CommandSpec command) {
    this.command = command;
  }

  /** Keys of a command's options; see {@link RunFileOption#RunFileOption(Map, Map)}. */
  static RunFileKeys of(
      CommandSpec command, Map<String, String> names, Map<String, List<String>> located) {
    RunFileKeys all = new RunFileKeys(command);
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      all.add(parameter.paramLabel(), parameter, names, located);
    }
    for (OptionSpec option : command.options()) {
      String name = plain(option.longestName());
      if (!option.hidden() && !OF_COMMAND_LINES.contains(name)) {
        all.add(option.longestName(), option, names, located);
      }
    }
    return all;
  }

  private void add(
      String said, ArgSpec arg, Map<String, String> names, Map<String, List<String>> located) {
    String key =
        names.entrySet().stream()
            .filter(e -> e.getValue().equals(said))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseGet(() -> plain(said));
    keys.put(key, new RunFileKey(key, arg, located.getOrDefault(key, List.of())));
  }

  private static String plain(String option) {
    return option.replaceFirst("^-+", "");
  }

  /** The keys in the order of the command's help. */
  List<RunFileKey> all() {
    return List.copyOf(keys.values());
  }

  /** The key of a name, in which {@code _} stands for {@code -} too. */
  public Optional<RunFileKey> find(String name) {
    return Optional.ofNullable(keys.get(name))
        .or(() -> Optional.ofNullable(keys.get(name.replace('_', '-'))));
  }

  /** The rest of a sentence about a name that no key has. */
  public String unknown(String name) {
    String meant = name.replace('_', '-');
    if (OF_COMMAND_LINES.contains(meant) && command.findOption("--" + meant) != null) {
      return name + " is no setting of a run; say --" + meant + " on the command line.";
    }
    List<String> near = NearestNames.near(meant, keys.keySet(), 2);
    return "there is no key "
        + name
        + (near.isEmpty()
            ? "; keys are the options of "
                + command.qualifiedName()
                + " --help, without dashes and tables."
            : "; did you mean " + String.join(" or ", near) + "?");
  }

  /** True if an option of the command line takes the place of a key's. */
  public static boolean replaces(ArgSpec said, ArgSpec key) {
    return said.equals(key)
        || (said instanceof OptionSpec one
            && key instanceof OptionSpec other
            && EITHER.stream()
                .anyMatch(
                    two -> two.contains(one.longestName()) && two.contains(other.longestName())));
  }
}
