package dev.lora4j.core.model;

import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Programs by key: all whose held inputs are open, and a few of those that were held last. Others
 * are closed. May be used from several threads.
 *
 * @param <K> key with {@code equals} and {@code hashCode}
 */
final class RecentPrograms<K> {
  private final int kept;

  /** The one that was held last comes last. */
  private final Map<K, Program> programs = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * None yet.
   *
   * @param kept number of programs from which on those that nobody holds are closed
   */
  RecentPrograms(int kept) {
    this.kept = kept;
  }

  /**
   * Gathers inputs for the program of a key.
   *
   * @param compiling compiles it, if it is not there
   */
  synchronized HeldInputs hold(
      K key, Supplier<Program> compiling, Function<Program, HeldInputs> gathering) {
    Program program = programs.computeIfAbsent(key, k -> compiling.get());
    HeldInputs held = gathering.apply(program);
    Iterator<Program> oldest = programs.values().iterator();
    for (int more = programs.size() - kept; more > 0 && oldest.hasNext(); ) {
      Program each = oldest.next();
      if (!each.held()) {
        each.close();
        oldest.remove();
        more--;
      }
    }
    return held;
  }
}
