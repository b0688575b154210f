package dev.lora4j.core.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Table of the fields of a kind of configuration, so that none is passed over by oversight: it is
 * used, or refused at other values than those that can be computed, or has no effect here.
 */
public final class ConfigFields {
  private final Map<String, Rule> rules;

  /** Treatment of a field. */
  public sealed interface Rule permits Used, Only, Idle {}

  /** The value decides about results as it does in the reference. */
  public record Used() implements Rule {}

  /**
   * The values that are allowed; null or no value is allowed too.
   *
   * @param values as {@link ConfigFile#plain} gives them; none if only null can be read
   * @param advice what to do or what it is, a sentence; may be empty
   */
  public record Only(List<String> values, String advice) implements Rule {
    /** Copies the list. */
    public Only {
      values = List.copyOf(values);
    }
  }

  /**
   * The value changes no result.
   *
   * @param because why not
   */
  public record Idle(String because) implements Rule {}

  private ConfigFields(Map<String, Rule> rules) {
    this.rules = Collections.unmodifiableMap(rules);
  }

  /** A table without rows. */
  public static ConfigFields none() {
    return new ConfigFields(new LinkedHashMap<>());
  }

  /** A copy with fields that are used. */
  public ConfigFields used(String... names) {
    return with(new Used(), names);
  }

  /** A copy with a field that must have one of these values, if any. */
  public ConfigFields only(String name, String... values) {
    return with(new Only(List.of(values), ""), name);
  }

  /** A copy with fields that must be null or absent, with advice. */
  public ConfigFields refused(String advice, String... names) {
    return with(new Only(List.of(), advice), names);
  }

  /** A copy with fields that have no effect, with the reason. */
  public ConfigFields idle(String because, String... names) {
    return with(new Idle(because), names);
  }

  private ConfigFields with(Rule rule, String... names) {
    Map<String, Rule> all = new LinkedHashMap<>(rules);
    for (String name : names) {
      if (all.put(name, rule) != null) {
        throw new IllegalArgumentException("The field " + name + " has two rows.");
      }
    }
    return new ConfigFields(all);
  }

  /** The rows, by field. */
  public Map<String, Rule> rules() {
    return rules;
  }

  /**
   * Refuses a configuration that cannot be computed.
   *
   * @throws ModelException naming the first field that has such a value
   */
  public void require(ConfigFile config) {
    rules.forEach(
        (name, rule) -> {
          Optional<String> found = config.plain(name);
          if (rule instanceof Only only
              && found.filter(v -> !only.values().contains(v)).isPresent()) {
            throw new ModelException(refusal(config, name, found.get(), only));
          }
        });
  }

  private static String refusal(ConfigFile config, String name, String found, Only only) {
    String shown = found.length() > 60 ? found.substring(0, 60) + "..." : found;
    return config.file()
        + ": '"
        + name
        + "' is "
        + shown
        + (only.values().isEmpty()
            ? "; models that set it cannot be read."
            : "; only " + String.join(" or ", only.values()) + " can be read.")
        + (only.advice().isEmpty() ? "" : " " + only.advice());
  }

  /** Fields of a configuration that have no row, but for those that begin with an underscore. */
  public List<String> unknown(ConfigFile config) {
    List<String> names = new ArrayList<>(config.keys());
    names.removeIf(name -> name.startsWith("_") || rules.containsKey(name));
    return names;
  }
}
