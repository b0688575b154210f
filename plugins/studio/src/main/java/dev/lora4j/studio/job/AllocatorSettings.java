package dev.lora4j.studio.job;

import java.util.List;
import java.util.Map;

/**
 * How the C library keeps memory for a command, in variables of its environment. The launcher has
 * set them for the studio; some commands have others of it.
 */
final class AllocatorSettings {
  private static final String ARENAS = "MALLOC_ARENA_MAX";
  private static final String LARGE = "MALLOC_MMAP_THRESHOLD_";

  /** What the launcher sets for commands in general, where the user has set nothing. */
  private static final Map<String, String> GENERAL = Map.of(ARENAS, "1", LARGE, "33554432");

  private static final Map<String, Map<String, String>> OTHERS =
      Map.of("merge", Map.of(ARENAS, "4", LARGE, "8388608"));

  private AllocatorSettings() {}

  /**
   * Puts into an environment what the launcher would set for a command. What the user has set
   * stays.
   */
  static void apply(Map<String, String> environment, List<String> arguments) {
    String command = arguments.isEmpty() ? "" : arguments.get(0);
    OTHERS
        .getOrDefault(command, Map.of())
        .forEach(
            (name, value) ->
                environment.computeIfPresent(
                    name, (same, now) -> now.equals(GENERAL.get(same)) ? value : now));
  }
}
