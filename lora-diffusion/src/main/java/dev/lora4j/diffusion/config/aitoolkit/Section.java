package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.diffusion.config.yaml.YamlTable;
import dev.lora4j.spi.NearestNames;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A table of a configuration while its keys are taken one after another; {@link #finish} tells of
 * those that nothing took.
 */
final class Section {
  private final String name;
  private final YamlTable table;
  private final SettingLayers to;
  private final Set<String> taken = new LinkedHashSet<>();

  /**
   * A section.
   *
   * @param name of the table, for messages
   */
  Section(String name, YamlTable table, SettingLayers to) {
    this.name = name;
    this.table = table;
    this.to = to;
  }

  /** Where the table stands. */
  String origin() {
    return table.origin();
  }

  /** Where a key stands; the table if it is not said. */
  String origin(String key) {
    YamlTable.Entry entry = table.entries().get(key);
    return entry == null ? table.origin() : entry.origin();
  }

  /** True if a key has a value. */
  boolean says(String key) {
    return table.find(key).isPresent();
  }

  /** Takes the value of a key, if it has one. */
  Optional<Object> value(String key) {
    taken.add(key);
    return table.find(key).map(YamlTable.Entry::value);
  }

  /** Takes a text; numbers and words for true and false count as texts too. */
  Optional<String> text(String key) {
    return value(key)
        .filter(value -> scalar(key, value, "a text"))
        .map(String::valueOf)
        .filter(text -> !text.isBlank());
  }

  /** Takes a number. */
  Optional<Double> number(String key) {
    return value(key).flatMap(value -> number(key, value));
  }

  private Optional<Double> number(String key, Object value) {
    if (value instanceof Number number) {
      return Optional.of(number.doubleValue());
    }
    if (value instanceof String text && text.isBlank()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Double.parseDouble(value instanceof String text ? text : "none"));
    } catch (NumberFormatException e) {
      expected(key, "a number", value);
      return Optional.empty();
    }
  }

  /** Takes a whole number. */
  Optional<Long> whole(String key) {
    Optional<Double> number = number(key);
    if (number.isPresent() && number.get() != Math.rint(number.get())) {
      expected(key, "a whole number", number.get());
      return Optional.empty();
    }
    return number.map(Double::longValue);
  }

  /** Takes a flag. */
  Optional<Boolean> flag(String key) {
    Optional<Object> value = value(key);
    if (value.isEmpty() || "".equals(value.get())) {
      return Optional.empty();
    }
    if (value.get() instanceof Boolean flag) {
      return Optional.of(flag);
    }
    expected(key, "true or false", value.get());
    return Optional.empty();
  }

  /** Takes a flag that is false unless it says otherwise. */
  boolean yes(String key) {
    return flag(key).orElse(false);
  }

  /** Takes a list of texts, or one text. */
  List<String> texts(String key) {
    Object value = value(key).orElse(List.of());
    List<?> all = value instanceof List<?> list ? list : List.of(value);
    boolean scalars = all.stream().allMatch(one -> scalar(key, one, "a list of texts"));
    return scalars ? all.stream().map(String::valueOf).toList() : List.of();
  }

  /** Takes a table; one without entries if there is none. */
  Section section(String key) {
    Object value = value(key).orElse(new YamlTable(origin(key), Map.of()));
    if (value instanceof YamlTable inner) {
      return new Section(key, inner, to);
    }
    expected(key, "a table of keys and values", value);
    return new Section(key, new YamlTable(origin(key), Map.of()), to);
  }

  /** Takes a list of tables. */
  List<Section> sections(String key) {
    Object value = value(key).orElse(List.of());
    List<?> all = value instanceof List<?> list ? list : List.of(value);
    List<Section> sections = new ArrayList<>();
    for (Object one : all) {
      if (one instanceof YamlTable inner) {
        sections.add(new Section(key, inner, to));
      } else {
        expected(key, "a list of tables", one);
      }
    }
    return sections;
  }

  private boolean scalar(String key, Object value, String expected) {
    if (value instanceof List<?> || value instanceof YamlTable || value == YamlTable.NONE) {
      expected(key, expected, value);
      return false;
    }
    return true;
  }

  private void expected(String key, String expected, Object found) {
    String shown =
        found instanceof YamlTable
            ? "a table"
            : found instanceof List<?>
                ? "a list"
                : found == YamlTable.NONE ? "nothing" : "" + found;
    problem(key, "takes " + expected + ", found " + shown + ".");
  }

  /** Adds what is wrong with a key. */
  void problem(String key, String sentence) {
    to.problem(origin(key) + ": " + name + "." + key + " " + sentence);
  }

  /** Adds a note about a key. */
  void note(String key, String sentence) {
    to.note(origin(key) + ": " + name + "." + key + " " + sentence);
  }

  /** Tells of the keys that nothing took: those that do nothing here, and unknown ones. */
  void finish(IgnoredKeys ignored) {
    for (YamlTable.Entry entry : table.entries().values()) {
      if (!taken.contains(entry.key()) && !ignored.told(this, entry)) {
        problem(entry.key(), "is no key of ai-toolkit; " + meant(entry.key(), ignored));
      }
    }
  }

  private String meant(String key, IgnoredKeys ignored) {
    List<String> known =
        Stream.of(taken.stream(), ignored.names().stream()).flatMap(all -> all).toList();
    List<String> near = NearestNames.near(key, known, 1);
    return near.isEmpty()
        ? "remove it, or look for its name in docs/coming-from-ai-toolkit.md."
        : "did you mean " + near.get(0) + "?";
  }
}
