package dev.lora4j.studio.job;

import dev.lora4j.cli.console.ExitCode;
import java.util.OptionalInt;

/**
 * How the process of a job has ended.
 *
 * @param code its exit code; -1 if nobody knows
 * @param message why it failed; empty if it did not
 */
record JobEnd(JobState state, int code, String message) {
  private static final int SIGNALS = 128;
  private static final int KILL = 137;

  /**
   * Reads it from what the process left.
   *
   * @param code what its parent saw; -1 if that was another studio
   */
  static JobEnd of(Job job, int code) {
    OptionalInt written = job.folder().exit();
    int known = written.orElse(code);
    if (known == 0) {
      return new JobEnd(JobState.DONE, 0, "");
    }
    if (job.state() == JobState.STOPPING) {
      return new JobEnd(JobState.STOPPED, known, "");
    }
    if (known == ExitCode.INTERRUPTED || known < 0) {
      return new JobEnd(JobState.INTERRUPTED, known, "");
    }
    if (written.isEmpty() && known > SIGNALS) {
      return new JobEnd(JobState.FAILED, known, killed(known));
    }
    String words = JobProgress.lastWords(job.folder());
    return new JobEnd(
        JobState.FAILED, known, words.isEmpty() ? "It ended with exit code " + known + "." : words);
  }

  private static String killed(int code) {
    return code == KILL
        ? "Its process was killed from outside. The system does that when memory runs out; close"
            + " other programs, or ask for less at a time."
        : "Its process was ended from outside by signal " + (code - SIGNALS) + ".";
  }

  void apply(Job job) {
    job.become(job.status().ended(state, System.currentTimeMillis(), code, message));
  }
}
