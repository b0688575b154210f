package dev.lora4j.studio.action;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Words of a command line under construction. Whatever a value is, it is not taken for an option or
 * for a file of words.
 */
public final class CommandWords {
  private static final Pattern OPTION = Pattern.compile("--|-[A-Za-z]");

  private final List<String> words = new ArrayList<>();

  /** A command without options. */
  public CommandWords(String... command) {
    words.addAll(List.of(command));
  }

  /**
   * Adds an option with a value.
   *
   * @throws IllegalArgumentException if the value looks like another option, which a command line
   *     then does not take
   */
  public CommandWords option(String name, String value) {
    if (OPTION.matcher(value).lookingAt()) {
      throw new IllegalArgumentException(
          "A command line cannot say '"
              + value
              + "' as "
              + name
              + ", as it looks like an option. Let it begin with something else than a dash.");
    }
    if (value.startsWith("-")) {
      words.add(name + "=" + value);
    } else {
      words.add(name);
      words.add(plain(value));
    }
    return this;
  }

  /** Adds an option without a value. */
  public CommandWords flag(String name) {
    words.add(name);
    return this;
  }

  /** Adds words as they are. */
  public CommandWords all(List<String> more) {
    words.addAll(more);
    return this;
  }

  /**
   * Adds a value without an option.
   *
   * @throws IllegalArgumentException if it looks like an option, so that it can only come last
   */
  public CommandWords value(String value) {
    if (value.startsWith("-")) {
      throw new IllegalArgumentException(value + " looks like an option.");
    }
    words.add(plain(value));
    return this;
  }

  /** Adds values without options, after which nothing else comes. */
  public CommandWords values(List<String> values) {
    if (values.stream().anyMatch(value -> value.startsWith("-"))) {
      words.add("--");
    }
    values.forEach(value -> words.add(plain(value)));
    return this;
  }

  /** A word that begins with one at sign would name a file of words. */
  private static String plain(String value) {
    requireWritable(value);
    return value.startsWith("@") ? "@" + value : value;
  }

  /** The words. */
  public List<String> words() {
    return List.copyOf(words);
  }

  private static void requireWritable(String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "A text has a character of number 0, which no command line can have. Remove it.");
    }
  }
}
