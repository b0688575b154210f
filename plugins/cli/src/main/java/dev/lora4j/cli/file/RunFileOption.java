package dev.lora4j.cli.file;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.safetensors.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The run file of a command, whose keys are the command's options. A command that has this takes
 * such a file; the program has replaced it by the options that it says when the command runs.
 */
public final class RunFileOption {
  /** Name of the file in the folder of a run. */
  private static final String NAME = "run.toml";

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "RUN.toml",
      description =
          "Take options from a file, as keys without dashes; --config itself may be left out. What"
              + " else is said wins.")
  @SuppressWarnings("UnusedVariable") // help shows it, and the program takes it away
  private Optional<Path> file = Optional.empty();

  private final Map<String, String> names;
  private final Map<String, List<String>> located;

  /** A file whose keys are the names of all options. */
  public RunFileOption() {
    this(Map.of(), Map.of());
  }

  /**
   * A file with keys of other names.
   *
   * @param names by key, the option with its dashes, or the label of the parameter without dashes
   * @param located by key, the settings behind a name that are paths, as in {@code
   *     json:schema=FILE}; an empty text where values begin with a path, as in {@code
   *     ink.safetensors:0.7}
   */
  public RunFileOption(Map<String, String> names, Map<String, List<String>> located) {
    this.names = Map.copyOf(names);
    this.located = Map.copyOf(located);
  }

  /** The run file of a command, if it takes one. */
  public static Optional<RunFileOption> of(CommandSpec command) {
    return command.mixins().values().stream()
        .map(CommandSpec::userObject)
        .filter(RunFileOption.class::isInstance)
        .map(RunFileOption.class::cast)
        .findFirst();
  }

  /** The keys that the file may have. */
  public RunFileKeys keys() {
    return RunFileKeys.of(spec, names, located);
  }

  /**
   * Writes all settings of the run into its folder, so that the file alone gives the same run.
   *
   * @throws Failure if it cannot be written
   */
  public void keep(Path folder) {
    try {
      AtomicFile.write(folder.resolve(NAME), RunFileText.of(spec, keys()));
    } catch (IOException e) {
      throw new Failure(
          "The settings cannot be kept in " + folder + ": " + ErrorExplanation.of(e), e);
    }
  }
}
