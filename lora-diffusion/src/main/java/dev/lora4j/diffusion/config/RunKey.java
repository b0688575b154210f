package dev.lora4j.diffusion.config;

import java.util.List;
import java.util.Optional;

/**
 * A setting of a run: name, type and default.
 *
 * @param name with the table it is in, for example {@code adapter.rank}
 * @param aliases its names in sd-scripts, which work too
 * @param initial its default; empty if there is none
 * @param help one line about it
 */
public record RunKey<T>(
    String name, List<String> aliases, KeyType<T> type, Optional<T> initial, String help) {
  /** Copies the list. */
  public RunKey {
    aliases = List.copyOf(aliases);
  }

  static <T> RunKey<T> of(String name, KeyType<T> type, T initial, String help, String... aliases) {
    return new RunKey<>(name, List.of(aliases), type, Optional.of(initial), help);
  }

  static <T> RunKey<T> unset(String name, KeyType<T> type, String help, String... aliases) {
    return new RunKey<>(name, List.of(aliases), type, Optional.empty(), help);
  }

  /** The name within its table. */
  public String leaf() {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** The table it is in, empty for the top of the file. */
  public String table() {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }
}
