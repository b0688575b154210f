package dev.lora4j.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * Other names of options: earlier ones, and those of kohya's sd-scripts, diffusers and
 * transformers. Help does not show them, and an option of that name goes before.
 */
final class OptionAliases {
  /** Aliases without the dashes in front, and with {@code -} for {@code _}. */
  static final Map<String, String> TABLE =
      Map.ofEntries(
          Map.entry("out", "output"),
          Map.entry("r", "rank"),
          Map.entry("rate", "lr"),
          Map.entry("learning-rate", "lr"),
          Map.entry("schedule", "lr-scheduler"),
          Map.entry("precision", "dtype"),
          Map.entry("save-precision", "dtype"),
          Map.entry("to", "layout"),
          Map.entry("longest", "max-length"),
          Map.entry("layers", "per-layer"),
          Map.entry("network-dim", "rank"),
          Map.entry("network-alpha", "alpha"),
          Map.entry("optimizer-type", "optimizer"),
          Map.entry("train-batch-size", "batch"),
          Map.entry("batch-size", "batch"),
          Map.entry("accumulate", "gradient-accumulation"),
          Map.entry("gradient-accumulation-steps", "gradient-accumulation"),
          Map.entry("clip", "max-grad-norm"),
          Map.entry("max-train-steps", "steps"),
          Map.entry("num-inference-steps", "steps"),
          Map.entry("max-train-epochs", "epochs"),
          Map.entry("num-train-epochs", "epochs"),
          Map.entry("caption-dropout-rate", "dropout"),
          Map.entry("train-data-dir", "images"),
          Map.entry("reg-data-dir", "regularisation"),
          Map.entry("pretrained-model-name-or-path", "base"),
          Map.entry("guidance-scale", "guidance"),
          Map.entry("true-cfg-scale", "true-cfg"),
          Map.entry("negative-prompt", "negative"),
          Map.entry("tokens", "max-new-tokens"),
          Map.entry("entropy-target", "adaptive-entropy"),
          Map.entry("lmbda", "on-policy"),
          Map.entry("seq-kd", "teacher-writes"),
          Map.entry("num-beams", "beams"));

  /** Meanings of aliases in commands that do not have the option of the table. */
  private static final Map<String, String> OTHERWISE = Map.of("to", "dtype");

  private OptionAliases() {}

  /** The words of a command line with the program's own names of options. */
  static String[] resolved(CommandLine program, String... words) {
    CommandLine command = program;
    List<String> resolved = new ArrayList<>();
    for (int i = 0; i < words.length; i++) {
      if (words[i].equals("--")) {
        resolved.addAll(Arrays.asList(words).subList(i, words.length));
        break;
      }
      command = command.getSubcommands().getOrDefault(words[i], command);
      resolved.add(resolved(command, words[i]));
    }
    return resolved.toArray(String[]::new);
  }

  private static String resolved(CommandLine command, String word) {
    if (!word.matches("--.*|-[a-z](=.*)?")) {
      return word;
    }
    int end = word.indexOf('=') < 0 ? word.length() : word.indexOf('=');
    String name = word.substring(0, end);
    if (command.getCommandSpec().findOption(name) != null) {
      return word;
    }
    String alias = name.replaceFirst("^--?", "").replace('_', '-');
    return Stream.of(TABLE, OTHERWISE)
        .filter(table -> table.containsKey(alias))
        .map(table -> "--" + table.get(alias))
        .filter(own -> command.getCommandSpec().findOption(own) != null)
        .findFirst()
        .map(own -> own + word.substring(end))
        .orElse(word);
  }
}
