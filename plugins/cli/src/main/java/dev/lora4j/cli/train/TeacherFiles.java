package dev.lora4j.cli.train;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.adapter.WeightedFile;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.format.reading.AdapterFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Teachers on the command line: adapters with their weights, each called by its file's name. */
public final class TeacherFiles {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH[:WEIGHT]",
      converter = WeightedFile.Reader.class,
      description =
          "Teacher, a file or PEFT's folder, and its weight (default: 1), for example"
              + " ink.safetensors:0.8.")
  private List<WeightedFile> files = new ArrayList<>();

  /**
   * The teachers by their names, of which nothing is read yet.
   *
   * @throws ParameterException if one counts for nothing, or two have one name
   * @throws dev.lora4j.cli.console.Failure if one is no adapter
   */
  public Map<String, WeightedFile> named() {
    Map<String, WeightedFile> named = new LinkedHashMap<>();
    for (WeightedFile file : files) {
      String name = LoraOption.name(file.file());
      if (file.weight() == 0) {
        throw wrong(name + " has the weight 0 and would teach the base; leave it out.");
      }
      if (named.put(name, file) != null) {
        throw wrong("Two teachers are called " + name + "; rename the file of one.");
      }
      AdapterFiles.requireAdapter(ExistingPath.any(file.file()));
    }
    return named;
  }

  /**
   * Refuses values of an option for names that no teacher has, and two for one teacher.
   *
   * @throws ParameterException if there are some
   */
  public void requireNamed(String option, Map<String, ?> given) {
    List<String> names = files().stream().map(LoraOption::name).toList();
    for (String name : given.keySet()) {
      if (!names.contains(name)) {
        throw wrong(
            option
                + " "
                + name
                + "=... names no teacher; they are "
                + String.join(", ", names)
                + ".");
      }
    }
    Set<String> once = new HashSet<>();
    for (String pair : said(option)) {
      String name = pair.split("=", 2)[0];
      if (!once.add(name)) {
        throw wrong(option + " " + name + "=... is said twice; say it once for each teacher.");
      }
    }
  }

  /**
   * Refuses what {@link #requireNamed} does, and names without a path.
   *
   * @throws ParameterException if there are some
   */
  public void requirePaths(String option, Map<String, Path> given) {
    requireNamed(option, given);
    given.forEach(
        (name, path) -> {
          if (path.toString().isEmpty()) {
            String start = option + " " + name + "=";
            throw wrong(start + " has no path; say " + start + "PATH, or leave the option out.");
          }
        });
  }

  /** Values of an option as they were typed, which a map has once for each name. */
  private List<String> said(String option) {
    return UnusedOptions.given(spec, option)
        .map(spec.commandLine().getParseResult()::matchedOption)
        .map(OptionSpec::originalStringValues)
        .orElse(List.of());
  }

  /** Refuses to write over a teacher. */
  public void requireOther(Path output) {
    files().forEach(file -> OutputFile.requireOther(output, file, "a teacher"));
  }

  /** Files of the teachers. */
  public List<Path> files() {
    return files.stream().map(WeightedFile::file).toList();
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
