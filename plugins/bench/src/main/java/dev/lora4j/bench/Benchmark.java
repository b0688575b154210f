package dev.lora4j.bench;

import java.util.List;

/**
 * Something that is measured, listed in {@code META-INF/services/dev.lora4j.bench.Benchmark}, so
 * that any jar on the class path can add one.
 *
 * <p>All benchmarks are made for {@code bench list}: constructors and fields must not touch the
 * engine.
 */
public interface Benchmark {
  /** What it is called on the command line, for example {@code operator-chain}. */
  String name();

  /** One sentence: what is done, and beside whom. */
  String description();

  /** Its sizes, in the order they are measured. */
  List<Case> cases();
}
