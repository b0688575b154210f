package dev.lora4j.cli;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.RunFileKey;
import dev.lora4j.cli.file.RunFileKeys;
import dev.lora4j.cli.file.RunFileOption;
import dev.lora4j.diffusion.config.RunProblems;
import dev.lora4j.diffusion.config.TomlFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Replaces the run file on a command line by the words that it says, before the line is parsed:
 * what a file says is checked, refused and used as an option is.
 */
final class RunFileWords {
  /** Table of values that count where neither the file nor the command line says another. */
  private static final String DEFAULTS = "defaults";

  private final CommandSpec command;
  private final RunFileKeys keys;
  private final SaidWords said;
  private final List<String> problems = new ArrayList<>();
  private final List<String> parameters = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private final Map<String, String> defaults = new HashMap<>();

  private RunFileWords(CommandSpec command, RunFileKeys keys, SaidWords said) {
    this.command = command;
    this.keys = keys;
    this.said = said;
  }

  /**
   * The words of a command line without its run file, if it has one.
   *
   * @throws RunProblems with all mistakes in the file
   */
  static String[] expanded(CommandLine program, String... words) {
    CommandLine command = program;
    int own = 0;
    for (int i = 0; i < words.length && !words[i].equals("--"); i++) {
      CommandLine sub = command.getSubcommands().get(words[i]);
      own = sub == null ? own : i + 1;
      command = sub == null ? command : sub;
    }
    CommandSpec spec = command.getCommandSpec();
    Optional<RunFileOption> taken = RunFileOption.of(spec);
    if (taken.isEmpty()) {
      return words;
    }
    List<String> all = List.of(words);
    SaidWords said = SaidWords.of(spec, all.subList(own, all.size()));
    if (said.files().isEmpty()) {
      return words;
    }
    if (said.files().size() > 1) {
      throw Failure.usage(
          "A run has one file of settings, found " + String.join(" and ", said.files()) + ".");
    }
    List<String> result = new ArrayList<>(all.subList(0, own));
    if (!said.help()) {
      RunFileWords file = new RunFileWords(spec, taken.get().keys(), said);
      file.read(Path.of(said.files().get(0)));
      result.addAll(file.parameters);
      result.addAll(file.options);
    }
    result.addAll(said.rest());
    return result.toArray(String[]::new);
  }

  private void read(Path path) {
    TomlFile file = TomlFile.read(ExistingPath.file(path));
    Set<String> once = new HashSet<>();
    for (TomlFile.Entry entry : file.entries()) {
      if (entry.key().equals(DEFAULTS) && entry.value() instanceof Map<?, ?>) {
        Set<String> inner = new HashSet<>();
        entry.entries().forEach(one -> add(one, file.folder(), inner, true));
      } else {
        add(entry, file.folder(), once, false);
      }
    }
    if (!problems.isEmpty()) {
      throw new RunProblems(problems);
    }
    if (!defaults.isEmpty()) {
      command.defaultValueProvider(
          otherwise(defaults, Optional.ofNullable(command.defaultValueProvider())));
    }
  }

  private static IDefaultValueProvider otherwise(
      Map<String, String> values, Optional<IDefaultValueProvider> before) {
    return arg -> {
      if (arg instanceof OptionSpec option && values.containsKey(option.longestName())) {
        return values.get(option.longestName());
      }
      return before.isPresent() ? before.get().defaultValue(arg) : null;
    };
  }

  private void add(TomlFile.Entry entry, Path folder, Set<String> once, boolean otherwise) {
    Optional<RunFileKey> found = find(entry.key());
    if (found.isEmpty()) {
      problems.add(entry.origin() + ": " + keys.unknown(entry.key()));
      return;
    }
    RunFileKey key = found.get();
    if (!once.add(key.name())) {
      problems.add(entry.origin() + ": " + key.name() + " is said twice; say it once.");
      return;
    }
    List<String> texts;
    try {
      texts = key.texts(entry.value(), folder);
    } catch (IllegalArgumentException e) {
      problems.add(entry.origin() + ": " + e.getMessage());
      return;
    }
    if (otherwise && key.arg() instanceof OptionSpec option && texts.size() == 1) {
      defaults.put(option.longestName(), texts.get(0));
    } else if (!said.replaces(key.arg())) {
      (key.arg() instanceof OptionSpec ? options : parameters).addAll(key.words(texts));
    }
  }

  /** The key of a name, or of what it is another name of. */
  private Optional<RunFileKey> find(String name) {
    return keys.find(name)
        .or(
            () ->
                Optional.ofNullable(OptionAliases.TABLE.get(name.replace('_', '-')))
                    .flatMap(keys::find));
  }

  /**
   * The words behind the name of a command.
   *
   * @param rest without run files
   * @param files named by them
   * @param options that they say
   * @param parameters whether there are words that belong to no option
   */
  private record SaidWords(
      List<String> rest, List<String> files, Set<ArgSpec> options, boolean parameters) {
    private static final String FILE = "--config";

    static SaidWords of(CommandSpec command, List<String> words) {
      List<String> rest = new ArrayList<>();
      List<String> files = new ArrayList<>();
      Set<ArgSpec> options = new HashSet<>();
      boolean parameters = false;
      for (int i = 0; i < words.size(); i++) {
        String word = words.get(i);
        if (word.equals("--")) {
          rest.addAll(words.subList(i, words.size()));
          parameters |= i + 1 < words.size();
          break;
        }
        if (word.length() < 2 || !word.startsWith("-")) {
          boolean file = word.endsWith(".toml");
          (file ? files : rest).add(word);
          parameters |= !file;
          continue;
        }
        Optional<OptionSpec> option = option(command, word);
        option.ifPresent(options::add);
        boolean valued =
            option.filter(o -> o.arity().max() > 0).isPresent()
                && !word.contains("=")
                && option.filter(o -> List.of(o.names()).contains(word)).isPresent();
        boolean config = word.equals(FILE) || word.startsWith(FILE + "=");
        if (config && word.contains("=")) {
          files.add(word.substring(FILE.length() + 1));
        } else if (config && i + 1 < words.size()) {
          files.add(words.get(++i));
        } else {
          rest.add(word);
          if (valued && i + 1 < words.size()) {
            rest.add(words.get(++i));
          }
        }
      }
      return new SaidWords(rest, files, options, parameters);
    }

    /** The option that a word says, with or without its value behind it. */
    private static Optional<OptionSpec> option(CommandSpec command, String word) {
      Optional<OptionSpec> whole =
          Optional.ofNullable(command.findOption(word.replaceFirst("=.*", "")));
      return whole.isPresent() || word.startsWith("--")
          ? whole
          : Optional.ofNullable(command.findOption(word.substring(0, 2)));
    }

    boolean help() {
      return options.stream().anyMatch(o -> o instanceof OptionSpec one && one.usageHelp());
    }

    /** True if the words say what a key's option or parameter says. */
    boolean replaces(ArgSpec key) {
      return key instanceof OptionSpec
          ? options.stream().anyMatch(one -> RunFileKeys.replaces(one, key))
          : parameters;
    }
  }
}
