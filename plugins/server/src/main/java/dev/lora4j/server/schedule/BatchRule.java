package dev.lora4j.server.schedule;

import java.util.List;

/**
 * Condition under which an entry can join a batch. It is asked while the queue is locked, so it has
 * to be quick, must not use the queue and must not fail.
 */
@FunctionalInterface
public interface BatchRule<T> {
  /**
   * Returns true if {@code candidate} can join.
   *
   * @param batch what is in the batch, never empty, the first taken first
   */
  boolean fits(List<T> batch, T candidate);

  /** The rule that every entry is a batch of its own. */
  static <T> BatchRule<T> alone() {
    return (batch, candidate) -> false;
  }

  /** The rule that everything fits together. */
  static <T> BatchRule<T> any() {
    return (batch, candidate) -> true;
  }
}
