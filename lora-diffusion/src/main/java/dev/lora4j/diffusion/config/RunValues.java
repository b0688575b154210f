package dev.lora4j.diffusion.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * Values of a run's keys, and their origins. Immutable. Values of {@link #data} are the tables of
 * the data set as they stand in the file.
 */
public final class RunValues {
  /**
   * A value and who set it.
   *
   * @param origin for messages and the saved file, for example {@code run.toml, line 3}
   */
  record Entry(Object value, String origin) {}

  /** The origin of what nothing set. */
  static final String DEFAULT = "default";

  private final Map<RunKey<?>, Entry> entries;
  private final Map<String, Object> data;

  RunValues(Map<RunKey<?>, Entry> entries, Map<String, Object> data) {
    this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    this.data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
  }

  /** The value of a key that always has one. */
  public <T> T get(RunKey<T> key) {
    return find(key).orElseThrow(() -> new RunProblems(List.of(key.name() + " is not set.")));
  }

  /** The value that was set, else the one that the key has by itself. */
  @SuppressWarnings("unchecked") // Entries are made by the type of their key alone.
  public <T> Optional<T> find(RunKey<T> key) {
    Entry entry = entries.get(key);
    return entry == null ? key.initial() : Optional.of((T) entry.value());
  }

  /** Origin of a key's value. */
  public String origin(RunKey<?> key) {
    Entry entry = entries.get(key);
    return entry == null ? DEFAULT : entry.origin();
  }

  /**
   * The same with other paths.
   *
   * @param change of the name of a key and a path that it has
   */
  RunValues paths(BinaryOperator<String> change) {
    Map<RunKey<?>, Entry> changed = new LinkedHashMap<>(entries);
    changed.replaceAll(
        (key, entry) ->
            key.type().equals(KeyType.PATH)
                ? new Entry(change.apply(key.name(), (String) entry.value()), entry.origin())
                : entry);
    Map<String, Object> tables = new LinkedHashMap<>(data);
    tables.replaceAll((key, value) -> RunFile.paths(key, value, change));
    return new RunValues(changed, tables);
  }

  /** Words that call the adapter: those that are named, else what is put before captions. */
  public List<String> triggers() {
    List<String> named = get(RunKeys.TRIGGERS);
    return named.isEmpty() && data.get("trigger") instanceof String word && !word.isBlank()
        ? List.of(word)
        : named;
  }

  /** A text for the adapter's header. */
  public Optional<String> comment() {
    return find(RunKeys.COMMENT);
  }

  /** More metadata for the adapter's header, by the names of the model metadata standard. */
  public Map<String, String> about() {
    return DescriptionKeys.metadata(this);
  }

  /** Keys of the data, by the names of sd-scripts. */
  public Map<String, Object> data() {
    return data;
  }
}
