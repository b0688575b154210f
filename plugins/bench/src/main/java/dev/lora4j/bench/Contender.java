package dev.lora4j.bench;

import java.util.OptionalLong;

/** One side of a comparison: does the work and measures its time. */
public interface Contender extends AutoCloseable {
  /** Name of the contender, with the version if it is not part of this program. */
  String name();

  /**
   * Result of the work, computed from its beginning. Called once, before any {@link #run}; the
   * numbers of all contenders have to agree.
   */
  double[] check();

  /**
   * Does the work.
   *
   * @param units how many times
   * @return the seconds that each of them took
   */
  double[] run(int units);

  /**
   * Most memory that its process ever had in use, in bytes, pages of files included (VmHWM); empty
   * where the system does not report it, or if the work is done in this process with other work.
   */
  default OptionalLong peakMemory() {
    return OptionalLong.empty();
  }

  @Override
  void close();

  /** Result of {@link #run} for work in this process. */
  static double[] timed(int units, Runnable work) {
    double[] seconds = new double[units];
    for (int i = 0; i < units; i++) {
      long began = System.nanoTime();
      work.run();
      seconds[i] = (System.nanoTime() - began) / 1e9;
    }
    return seconds;
  }
}
