package dev.lora4j.diffusion.run;

import dev.lora4j.core.spi.ExtensionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values of keys as they are said, the later over the earlier, and all that is wrong with them. */
final class Entries {
  private final Map<RunKey<?>, RunValues.Entry> entries = new LinkedHashMap<>();
  private final Map<RunKey<?>, Integer> turns = new HashMap<>();
  private final List<String> problems = new ArrayList<>();
  private int turn;

  /**
   * Sets a key, or notes what is wrong with the value.
   *
   * @param origin who says so
   * @param as the name that was used for the key
   */
  <T> void put(RunKey<T> key, Object value, String origin, String as) {
    turns.put(key, turn++);
    try {
      entries.put(key, new RunValues.Entry(key.type().reading().apply(value), origin));
    } catch (ExtensionException e) {
      problems.add(origin + ": " + as + ": " + e.getMessage());
    } catch (IllegalArgumentException e) {
      problems.add(
          origin + ": " + as + " takes " + key.type().expected() + ", found " + shown(value) + ".");
    }
  }

  /** How often something was set until now. */
  int turn() {
    return turn;
  }

  /** Whether a key was set in this turn or later. */
  boolean since(RunKey<?> key, int begin) {
    return turns.getOrDefault(key, -1) >= begin;
  }

  /** Whether anything set it. */
  boolean has(RunKey<?> key) {
    return entries.containsKey(key);
  }

  /** Takes back what presets say of a key. */
  void withdrawPreset(RunKey<?> key) {
    entries.computeIfPresent(key, (k, entry) -> Presets.said(entry.origin()) ? null : entry);
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
