package dev.lora4j.bench;

import dev.lora4j.spi.ExtensionName;
import java.util.List;

/**
 * Benchmark of this program against a peer. An extension point: its help names the work and the
 * peer in one sentence.
 *
 * <p>All benchmarks are made for {@code bench list}: constructors and fields must not touch the
 * engine.
 */
public interface Benchmark {
  /** Name on the command line, for example {@code operator-chain}. */
  default String name() {
    return ExtensionName.of(this);
  }

  /** Its sizes, in the order they are measured. */
  List<Case> cases();
}
