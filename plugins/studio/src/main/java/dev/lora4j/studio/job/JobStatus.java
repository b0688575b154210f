package dev.lora4j.studio.job;

import java.util.List;

/**
 * How a job stands.
 *
 * @param position in the queue; smaller comes first
 * @param arguments of its command line as it is or will be run
 * @param started milliseconds of the epoch; 0 if not yet
 * @param ended milliseconds of the epoch; 0 if not yet
 * @param exit code of its process; -1 if not known
 * @param message why it failed; empty if it did not
 */
record JobStatus(
    JobState state,
    long position,
    List<String> arguments,
    long started,
    long ended,
    int exit,
    String message) {
  JobStatus {
    arguments = List.copyOf(arguments);
  }

  static JobStatus queued(long position, List<String> arguments) {
    return new JobStatus(JobState.QUEUED, position, arguments, 0, 0, -1, "");
  }

  JobStatus position(long other) {
    return new JobStatus(state, other, arguments, started, ended, exit, message);
  }

  JobStatus running(long now) {
    return new JobStatus(JobState.RUNNING, position, arguments, now, 0, -1, "");
  }

  JobStatus stopping() {
    return new JobStatus(JobState.STOPPING, position, arguments, started, 0, -1, "");
  }

  JobStatus ended(JobState how, long now, int code, String why) {
    return new JobStatus(how, position, arguments, started, now, code, why);
  }
}
