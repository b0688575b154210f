package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.diffusion.config.yaml.YamlTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Keys of a section that do nothing here. Those without which the adapter is the same are told of;
 * those that would make another one are problems.
 */
final class IgnoredKeys {
  /** Values that turn a key off. */
  private static final Set<String> NOTHING = Set.of("", "0", "false", "none");

  /**
   * A key.
   *
   * @param missed whether it would make another adapter
   * @param reason of that, or what to do instead
   * @param quiet values with which there is nothing to tell
   */
  private record Ignored(boolean missed, String reason, Set<String> quiet) {}

  private final Map<String, Ignored> keys = new LinkedHashMap<>();

  /**
   * Adds keys without which the adapter is the same.
   *
   * @param keys each as {@code key}, or {@code key=value|value} with values that need no telling
   */
  IgnoredKeys needless(String reason, String... keys) {
    return all(false, reason, keys);
  }

  /**
   * Adds keys that would make another adapter.
   *
   * @param advice what to do instead
   * @param keys each as {@code key}, or {@code key=value|value} with values that do nothing there
   */
  IgnoredKeys missed(String advice, String... keys) {
    return all(true, advice, keys);
  }

  private IgnoredKeys all(boolean missed, String reason, String... all) {
    for (String one : all) {
      String[] parts = one.split("=", 2);
      Set<String> quiet = new HashSet<>(NOTHING);
      if (parts.length > 1) {
        Collections.addAll(quiet, parts[1].split("\\|", -1));
      }
      keys.put(parts[0], new Ignored(missed, reason, quiet));
    }
    return this;
  }

  /** The names of all of them. */
  List<String> names() {
    return new ArrayList<>(keys.keySet());
  }

  /** Tells of a key of a section; false if it is none of these. */
  boolean told(Section section, YamlTable.Entry entry) {
    Ignored key = keys.get(entry.key());
    if (key == null) {
      return false;
    }
    if (key.quiet().contains(plain(entry.value()))) {
      return true;
    }
    if (key.missed()) {
      section.problem(entry.key(), "is not done here: " + key.reason() + ".");
    } else {
      section.note(entry.key(), "has no effect: " + key.reason() + ".");
    }
    return true;
  }

  private static String plain(Object value) {
    if (value == YamlTable.NONE
        || (value instanceof List<?> list && list.isEmpty())
        || (value instanceof YamlTable table && table.entries().isEmpty())) {
      return "";
    }
    if (value instanceof Double number && number == Math.rint(number)) {
      return String.valueOf(number.longValue());
    }
    return String.valueOf(value).strip().toLowerCase(Locale.ROOT);
  }
}
