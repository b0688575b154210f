package dev.lora4j.diffusion.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tomlj.TomlTable;

/** Reads the keys of a run that makes a base model. */
final class BaseFile {
  private static final Map<String, RunKey<?>> BY_NAME =
      BaseKeys.ALL.stream()
          .collect(Collectors.toMap(RunKey::name, k -> k, (a, b) -> a, LinkedHashMap::new));

  private final Path file;
  private final String name;
  private final ResolvedValues entries = new ResolvedValues();

  private BaseFile(Path file) {
    this.file = file.toAbsolutePath().normalize();
    this.name = String.valueOf(file.getFileName());
  }

  /**
   * The values of a file, with others over them.
   *
   * @param over texts by key, from a command line
   * @throws RunProblems with all that is wrong
   */
  static RunValues read(Path file, Map<String, String> over) {
    BaseFile reading = new BaseFile(file);
    reading.table(RunFile.parsed(RunFile.text(file), reading.name), "");
    over.forEach((key, text) -> reading.set(key, text, "--set"));
    return reading.entries.values(BaseKeys.ALL, Map.of());
  }

  private void table(TomlTable table, String prefix) {
    for (String key : table.keySet()) {
      String full = prefix + key;
      Object value = table.get(List.of(key));
      if (value instanceof TomlTable inner) {
        table(inner, full + ".");
      } else {
        set(full, located(full, RunFile.plain(value)), RunFile.origin(name, table, key));
      }
    }
  }

  /** Paths count from the folder of the file. */
  private Object located(String key, Object value) {
    RunKey<?> known = BY_NAME.get(key);
    return known != null && known.type().equals(KeyType.PATH) && value instanceof String text
        ? file.resolveSibling(text).normalize().toString()
        : value;
  }

  private void set(String key, Object value, String origin) {
    String now = RenamedKeys.now(key);
    RunKey<?> known = BY_NAME.get(now);
    if (known != null) {
      entries.put(known, value, origin, now);
      return;
    }
    entries.problem(
        origin
            + ": a run that makes a base has no key "
            + key
            + "; "
            + KeySuggestion.of(key, BY_NAME.keySet()));
  }
}
