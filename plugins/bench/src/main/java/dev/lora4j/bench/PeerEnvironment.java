package dev.lora4j.bench;

import java.util.List;

/**
 * The environment that a contender's process is started in. The launcher of this program tunes the
 * allocator of the C library, which others do not by themselves: their times and peak memory are
 * those that their users see.
 */
enum PeerEnvironment {
  /** Environment of this program. */
  OURS,
  /** Environment of another program. */
  THEIRS;

  private static final List<String> TUNED =
      List.of(
          "MALLOC_ARENA_MAX",
          "MALLOC_MMAP_THRESHOLD_",
          "MALLOC_TRIM_THRESHOLD_",
          "MALLOC_TOP_PAD_",
          "GLIBC_TUNABLES");

  /**
   * A process yet to be started.
   *
   * @param threads how many OpenMP is to use in it
   */
  ProcessBuilder process(List<String> command, int threads) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    if (this == THEIRS) {
      TUNED.forEach(builder.environment()::remove);
    }
    return builder;
  }
}
