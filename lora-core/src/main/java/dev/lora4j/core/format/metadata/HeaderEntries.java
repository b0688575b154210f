package dev.lora4j.core.format.metadata;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Entries of a header while they are gathered. Values are written as Python's {@code str} writes
 * them, which readers of what trainers say rely on.
 */
public final class HeaderEntries {
  private static final String NONE = "None";

  private final SortedMap<String, String> entries = new TreeMap<>();

  /** Adds a text. */
  public HeaderEntries put(String name, String value) {
    entries.put(name, value);
    return this;
  }

  /** Adds a whole number. */
  public HeaderEntries put(String name, long value) {
    return put(name, Long.toString(value));
  }

  /** Adds a number with a fraction. */
  public HeaderEntries put(String name, double value) {
    return put(name, PythonNumber.of(value));
  }

  /** Adds {@code True} or {@code False}. */
  public HeaderEntries put(String name, boolean value) {
    return put(name, value ? "True" : "False");
  }

  /** Adds an absent value: {@code None}. */
  public HeaderEntries none(String name) {
    return put(name, NONE);
  }

  /** Adds a strength, {@code None} at 0. */
  public HeaderEntries strength(String name, double value) {
    return value == 0 ? none(name) : put(name, value);
  }

  /** Adds a number, {@code None} at 0. */
  public HeaderEntries count(String name, long value) {
    return value == 0 ? none(name) : put(name, value);
  }

  /** Metadata of all added entries. */
  public Metadata metadata() {
    return new Metadata(entries);
  }
}
