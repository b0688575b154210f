package dev.lora4j.cli;

import dev.lora4j.spi.NearestNames;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Message about a wrong command line. */
final class UsageError {
  private UsageError() {}

  /** One or two sentences, with a name that may have been meant where one is near. */
  static String text(ParameterException thrown) {
    if (thrown instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      return unmatched(thrown.getCommandLine().getCommandSpec(), unmatched.getUnmatched());
    }
    // Picocli's own words are those of somebody who writes commands, not of somebody who uses them.
    return String.valueOf(thrown.getMessage())
        .replaceFirst(
            "^Invalid value for positional parameter at index \\S+ \\((\\S+)\\): ",
            "Invalid value for $1: ")
        .replaceFirst(
            "^option '(\\S+)'(?: \\(.+\\))? should be specified only once$",
            "$1 is said more than once; say it once.")
        .replaceFirst(" is not an? (int|long|Long|Integer)$", " is no whole number")
        .replaceFirst(" is not an? (double|Double)$", " is no number")
        .replaceFirst(
            "expected one of \\[(.*)] \\(case-sensitive\\) but was ", "expected one of $1, found ")
        .replaceFirst(
            "^Value for option option '(\\S+)' \\((.+)\\) should be in KEY=VALUE format but was"
                + " (.*)$",
            "Invalid value for option '$1': expected $2, found '$3'");
  }

  private static String unmatched(CommandSpec command, List<String> words) {
    String first = words.get(0);
    boolean option = first.startsWith("-") && first.length() > 1;
    if (option) {
      String name = first.replaceFirst("=.*", "");
      List<String> names = new ArrayList<>();
      for (OptionSpec one : command.options()) {
        if (!one.hidden()) {
          names.addAll(List.of(one.names()));
        }
      }
      return "There is no option " + name + "." + suggestion(name, names);
    }
    if (!command.subcommands().isEmpty()) {
      return "There is no command "
          + command.qualifiedName().replaceFirst("^[^ ]+ ?", "").concat(" ").stripLeading()
          + first
          + "."
          + command(first, List.copyOf(command.subcommands().keySet()));
    }
    return (words.size() == 1 ? "This argument is" : "These arguments are")
        + " one too many: "
        + words.stream().map(w -> "'" + w + "'").collect(Collectors.joining(", "))
        + ".";
  }

  private static String command(String name, List<String> names) {
    String near = suggestion(name, names);
    return near.isEmpty() ? " There are " + String.join(", ", names) + "." : near;
  }

  private static String suggestion(String name, List<String> names) {
    List<String> near = NearestNames.near(name, names, 2);
    return near.isEmpty() ? "" : " Did you mean " + String.join(" or ", near) + "?";
  }
}
