package dev.lora4j.diffusion.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All settings of a run as a file of TOML that gives the same run again. */
public final class ResolvedRun {
  private static final int COLUMN = 44;

  private ResolvedRun() {}

  /** Text with the origin of each value; keys without a value are comments. */
  public static String toml(RunValues values) {
    StringBuilder text = keys(values, RunKeys.ALL, "");
    data(values, text);
    return text.toString();
  }

  /**
   * The same with other keys.
   *
   * @param first what stands before them
   */
  static StringBuilder keys(RunValues values, List<RunKey<?>> keys, String first) {
    StringBuilder text =
        new StringBuilder("# Every setting of this run; train takes it as it is.\n").append(first);
    String table = "";
    for (RunKey<?> key : keys) {
      if (!key.table().equals(table)) {
        table = key.table();
        text.append("\n[").append(table).append("]\n");
      }
      text.append(line(values, key, key.leaf())).append('\n');
    }
    return text;
  }

  /** The settings that something set, one line each. */
  public static List<String> chosen(RunValues values) {
    List<String> lines = new ArrayList<>();
    for (RunKey<?> key : RunKeys.ALL) {
      if (!values.origin(key).equals(RunValues.DEFAULT)) {
        lines.add(line(values, key, key.name()));
      }
    }
    values.data().forEach((key, value) -> lines.add("data." + key + " = " + TomlText.of(value)));
    return lines;
  }

  /** The values of all keys that have one, as TOML writes them. */
  public static Map<String, String> texts(RunValues values) {
    Map<String, String> texts = new LinkedHashMap<>();
    RunKeys.ALL.forEach(key -> text(values, key).ifPresent(value -> texts.put(key.name(), value)));
    return texts;
  }

  private static <T> Optional<String> text(RunValues values, RunKey<T> key) {
    RunKey<?> epochs = RunKeys.EPOCHS_INSTEAD.get(key);
    if (epochs != null && values.find(epochs).isPresent()) {
      return Optional.empty();
    }
    return values.find(key).map(key.type().writing());
  }

  private static <T> String line(RunValues values, RunKey<T> key, String name) {
    Optional<String> value = text(values, key);
    String assignment = value.map(v -> name + " = " + v).orElse("# " + name + " is not set");
    String origin = value.isPresent() ? values.origin(key) : key.help().toLowerCase(Locale.ROOT);
    return assignment + " ".repeat(Math.max(1, COLUMN - assignment.length())) + "# " + origin;
  }

  private static void data(RunValues values, StringBuilder text) {
    Map<String, Object> data = new TreeMap<>(values.data());
    if (data.isEmpty()) {
      return;
    }
    text.append("\n[data]\n");
    Object sets = data.remove("datasets");
    data.forEach(
        (key, value) -> text.append(key).append(" = ").append(TomlText.of(value)).append('\n'));
    if (sets instanceof List<?> tables) {
      text.append(TomlText.tables("data.datasets", tables));
    }
  }
}
