package dev.lora4j.cli.text;

import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.train.TeacherFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of the texts that teachers teach with. */
final class TeachingOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--texts",
      paramLabel = "NAME=PATH",
      description =
          "Texts for the teacher NAME, which is its file's name without the ending: what text train"
              + " takes for --data. Without them it goes on from --prompts itself.")
  private Map<String, Path> texts = new LinkedHashMap<>();

  @Option(
      names = "--trigger",
      paramLabel = "NAME=WORDS",
      description =
          "Words that call the teacher NAME in the new adapter: a line before each of its prompts"
              + " and texts. The teacher reads them without it.")
  private Map<String, String> triggers = new LinkedHashMap<>();

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description =
          "Text file with a prompt in each line, which teachers without --texts go on from.")
  private Optional<Path> prompts = Optional.empty();

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Texts that each of them writes (default: ${DEFAULT-VALUE}).",
      defaultValue = "200")
  private int samples;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Tokens that each text adds at most (default: ${DEFAULT-VALUE}).",
      defaultValue = "128")
  private int most;

  @Option(
      names = "--sample-temperature",
      paramLabel = "X",
      description =
          "How freely tokens of them are drawn; 0 takes the likeliest (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.9")
  private double temperature;

  /** Refuses what is wrong with the options, before anything is read. */
  void require(TeacherFiles teachers, Set<String> names) {
    teachers.requirePaths("--texts", texts);
    teachers.requireNamed("--trigger", triggers);
    texts.values().forEach(ExistingPath::any);
    requireNumbers();
    List<String> writing = names.stream().filter(n -> !texts.containsKey(n)).toList();
    if (writing.isEmpty()) {
      UnusedOptions.refuse(
          spec,
          List.of("--prompts", "--samples", "--max-new-tokens", "--sample-temperature"),
          "--texts for all teachers, which write nothing");
    } else if (prompts.isEmpty()) {
      String name = writing.get(0);
      throw wrong(
          name
              + " has no texts to teach with. Give some by --texts "
              + name
              + "=FILE, or prompts that it goes on from by --prompts FILE.");
    }
    if (texts.isEmpty()) {
      UnusedOptions.refuseWithout(spec, List.of("--pack"), "--texts, as what teachers write");
    }
  }

  private void requireNumbers() {
    if (samples < 1) {
      throw wrong("--samples must be at least 1, found " + samples + ".");
    }
    if (most < 1) {
      throw wrong("--max-new-tokens must be at least 1, found " + most + ".");
    }
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw wrong("--sample-temperature must be 0 or more, found " + temperature + ".");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Texts that a teacher was given; empty if it writes its own. */
  Optional<Path> texts(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  /** Words that call a teacher; empty for none. */
  String words(String name) {
    return triggers.getOrDefault(name, "");
  }

  /** The file of prompts, if a teacher writes its own texts. */
  Optional<Path> prompts() {
    return prompts;
  }

  int samples() {
    return samples;
  }

  /** Choice of the tokens that teachers write. */
  TeachingTexts.Sampling sampling(long seed) {
    return new TeachingTexts.Sampling(most, temperature, seed);
  }
}
