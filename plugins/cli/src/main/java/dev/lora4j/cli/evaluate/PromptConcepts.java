package dev.lora4j.cli.evaluate;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Concepts that prompts are about: what they name before their first comma. */
public final class PromptConcepts {
  private final Map<String, Integer> numbers = new HashMap<>();

  /**
   * Concepts by their names, in any case.
   *
   * @param names of all concepts, in the order of their numbers
   */
  public PromptConcepts(List<String> names) {
    int number = 0;
    for (String name : names) {
      numbers.putIfAbsent(name.toLowerCase(Locale.ROOT), number++);
    }
  }

  /** How many there are. */
  public int size() {
    return numbers.size();
  }

  /** The number of the concept that a prompt begins with, which may have an article. */
  public Optional<Integer> of(String prompt) {
    String named = prompt.split(",", 2)[0].strip().toLowerCase(Locale.ROOT);
    String bare = named.replaceFirst("^an? ", "");
    return Optional.ofNullable(numbers.get(named)).or(() -> Optional.ofNullable(numbers.get(bare)));
  }
}
