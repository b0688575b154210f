package dev.lora4j.bench;

import java.util.List;

/** A benchmark at one size. */
public interface Case {
  /** The size, for example {@code 4x256}; unique within its benchmark. */
  String name();

  /**
   * Measures.
   *
   * @return one result for each peer, or one of its own if it has none
   * @throws dev.lora4j.cli.console.Failure if it cannot be measured, for example because a peer
   *     computes something else
   */
  List<Result> measure(Bench bench);
}
