package dev.lora4j.diffusion.config;

import dev.lora4j.spi.ExtensionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values of keys, the later over the earlier, and all problems of them. */
public final class ResolvedValues {
  /**
   * Last source of a key.
   *
   * @param source number of the file or command line
   * @param as the name that was used for the key
   */
  private record Said(int source, String as) {}

  private final Map<RunKey<?>, RunValues.Entry> entries = new LinkedHashMap<>();
  private final Map<RunKey<?>, Said> said = new HashMap<>();
  private final List<String> problems = new ArrayList<>();
  private int source;

  /**
   * Sets a key, or notes the problem of the value.
   *
   * @param origin source of the value, for messages
   * @param as the name that was used for the key
   */
  public <T> void put(RunKey<T> key, Object value, String origin, String as) {
    said.put(key, new Said(source, as));
    try {
      entries.put(key, new RunValues.Entry(key.type().reading().apply(value), origin));
    } catch (ExtensionException e) {
      problems.add(origin + ": " + as + ": " + e.getMessage());
    } catch (IllegalArgumentException e) {
      problems.add(
          origin + ": " + as + " takes " + key.type().expected() + ", found " + shown(value) + ".");
    }
  }

  /** Leaves a key without a value, as an option of this name requires. */
  public void leave(RunKey<?> key, String as) {
    said.put(key, new Said(source, as));
    entries.remove(key);
  }

  /** Begins another file or command line. */
  void begin() {
    source++;
  }

  /** The number of the file or command line that is read. */
  public int source() {
    return source;
  }

  /** Number of the file or command line that set a key last; -1 if none did. */
  public int source(RunKey<?> key) {
    Said last = said.get(key);
    return last == null ? -1 : last.source();
  }

  /** True if the last name of a key was that of sd-scripts. */
  public boolean renamed(RunKey<?> key) {
    Said last = said.get(key);
    return last != null && !last.as().equals(key.name());
  }

  /** Last name of a key in a source; its own without one. */
  public String as(RunKey<?> key) {
    Said last = said.get(key);
    return last == null ? key.name() : last.as();
  }

  /** True if a key has a value. */
  public boolean has(RunKey<?> key) {
    return entries.containsKey(key);
  }

  /** True if nothing but a preset set a key. */
  public boolean free(RunKey<?> key) {
    return !has(key) || Presets.said(origin(key));
  }

  /** The value that was set, else the one that the key has by itself. */
  public <T> Optional<T> find(RunKey<T> key) {
    return new RunValues(entries, Map.of()).find(key);
  }

  /** Origin of a key's value. */
  public String origin(RunKey<?> key) {
    return new RunValues(entries, Map.of()).origin(key);
  }

  /** Removes the value of a key. */
  public void withdraw(RunKey<?> key) {
    entries.remove(key);
  }

  /** Removes the value of a key if a preset set it. */
  void withdrawPreset(RunKey<?> key) {
    if (free(key)) {
      entries.remove(key);
    }
  }

  private static String shown(Object value) {
    return value instanceof String text ? "\"" + text + "\"" : String.valueOf(value);
  }

  /** Adds what is wrong. */
  void problem(String sentence) {
    problems.add(sentence);
  }

  /**
   * All together.
   *
   * @param order the keys in the order of a file
   * @param data the tables of the data set
   * @throws RunProblems if anything was wrong
   */
  RunValues values(List<RunKey<?>> order, Map<String, Object> data) {
    if (!problems.isEmpty()) {
      throw new RunProblems(problems);
    }
    Map<RunKey<?>, RunValues.Entry> ordered = new LinkedHashMap<>();
    for (RunKey<?> key : order) {
      Optional.ofNullable(entries.get(key)).ifPresent(entry -> ordered.put(key, entry));
    }
    return new RunValues(ordered, data);
  }
}
