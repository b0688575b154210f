package dev.lora4j.diffusion.config.yaml;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A mapping of a file.
 *
 * @param origin where it begins, for messages, for example {@code run.yaml, line 3}
 * @param entries by their keys, in the order of the file
 */
public record YamlTable(String origin, Map<String, Entry> entries) {
  /** The value of a key that stands there without one, or as {@code null}. */
  public static final Object NONE = Optional.empty();

  /** Copies the map. */
  public YamlTable {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /**
   * A key with its value.
   *
   * @param value a text, {@link Long}, {@link Double}, {@link Boolean}, list of values, {@link
   *     YamlTable} or {@link #NONE}
   * @param origin where the key stands, for messages
   */
  public record Entry(String key, Object value, String origin) {}

  /** The entry of a key, if it has a value. */
  public Optional<Entry> find(String key) {
    return Optional.ofNullable(entries.get(key)).filter(entry -> entry.value() != NONE);
  }

  /** The table at a key, if there is one. */
  public Optional<YamlTable> table(String key) {
    return find(key)
        .map(Entry::value)
        .filter(YamlTable.class::isInstance)
        .map(YamlTable.class::cast);
  }
}
