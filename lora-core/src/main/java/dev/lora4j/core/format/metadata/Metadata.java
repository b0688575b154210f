package dev.lora4j.core.format.metadata;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The strings in a file's header, read and written by {@linkplain MetadataKey typed keys}. Anybody
 * may have written them: what cannot be read as its type counts as absent.
 *
 * @param entries as in the file's header, sorted
 */
public record Metadata(SortedMap<String, String> entries) {
  /** No entries. */
  public static final Metadata EMPTY = new Metadata(Map.of());

  /** Copies the map. */
  public Metadata {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /** Creates metadata with these entries. */
  public Metadata(Map<String, String> entries) {
    this(new TreeMap<>(entries));
  }

  /** Value of the entry; empty if there is none, it is blank or {@code None}, or no such value. */
  public <T> Optional<T> get(MetadataKey<T> key) {
    return Optional.ofNullable(entries.get(key.name()))
        .filter(text -> !text.isBlank() && !text.equals("None"))
        .flatMap(key.read());
  }

  /** A copy with another value. */
  public <T> Metadata with(MetadataKey<T> key, T value) {
    SortedMap<String, String> changed = new TreeMap<>(entries);
    changed.put(key.name(), key.write().apply(value));
    return new Metadata(changed);
  }

  /** A copy with another value, unless there is one already. */
  public <T> Metadata withDefault(MetadataKey<T> key, T value) {
    return get(key).isPresent() ? this : with(key, value);
  }

  /** A copy with {@code others}, which take precedence. */
  public Metadata withAll(Metadata others) {
    SortedMap<String, String> changed = new TreeMap<>(entries);
    changed.putAll(others.entries);
    return new Metadata(changed);
  }

  /** A copy without an entry. */
  public Metadata without(MetadataKey<?> key) {
    SortedMap<String, String> rest = new TreeMap<>(entries);
    rest.remove(key.name());
    return new Metadata(rest);
  }

  /** The entries whose names begin with {@code prefix}. */
  public Metadata only(String prefix) {
    SortedMap<String, String> some = new TreeMap<>(entries);
    some.keySet().removeIf(name -> !name.startsWith(prefix));
    return new Metadata(some);
  }
}
