package dev.lora4j.cli.console;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Options that would do nothing beside others: they are refused, not passed over. */
public final class UnusedOptions {
  private UnusedOptions() {}

  /**
   * Refuses options that are present.
   *
   * @param why rest of the sentence after "does not go with"
   */
  public static void refuse(CommandSpec spec, List<String> options, String why) {
    for (String option : options) {
      if (given(spec, option).isPresent()) {
        throw new ParameterException(spec.commandLine(), option + " does not go with " + why + ".");
      }
    }
  }

  /** Refuses options that are present without those that they refine. */
  public static void refuseWithout(CommandSpec spec, List<String> options, String needed) {
    for (String option : options) {
      if (given(spec, option).isPresent()) {
        throw new ParameterException(
            spec.commandLine(), option + " does nothing without " + needed + ".");
      }
    }
  }

  /** The option, if it is present. */
  public static Optional<String> given(CommandSpec spec, String option) {
    return Optional.of(option)
        .filter(name -> spec.commandLine().getParseResult().hasMatchedOption(name));
  }
}
