package dev.lora4j.core.tensor;

import java.util.Optional;

/**
 * Result of trying a fast path on this machine: run once with a small weight and compared with the
 * plain operator.
 *
 * @param path what was tried
 * @param obstacle why it is not used; empty if it works
 */
public record FastPathTrial(FastPath path, Optional<String> obstacle) {
  /** Returns true if the path works here. */
  public boolean works() {
    return obstacle.isEmpty();
  }
}
