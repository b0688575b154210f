package dev.lora4j.studio.job;

import java.util.List;

/**
 * How a job stands.
 *
 * @param position in the queue; smaller comes first
 * @param arguments of its command line as it is or will be run
 * @param ticket of its newest process, which runs only if it has this one; empty before the first
 * @param started milliseconds of the epoch; 0 if not yet
 * @param ended milliseconds of the epoch; 0 if not yet
 * @param exit code of its process; -1 if not known
 * @param message why it failed, or cannot begin; empty if neither
 */
record JobStatus(
    JobState state,
    long position,
    List<String> arguments,
    String ticket,
    long started,
    long ended,
    int exit,
    String message) {
  JobStatus {
    arguments = List.copyOf(arguments);
  }

  static JobStatus queued(long position, List<String> arguments) {
    return new JobStatus(JobState.QUEUED, position, arguments, "", 0, 0, -1, "");
  }

  JobStatus position(long other) {
    return new JobStatus(state, other, arguments, ticket, started, ended, exit, message);
  }

  JobStatus message(String why) {
    return new JobStatus(state, position, arguments, ticket, started, ended, exit, why);
  }

  JobStatus running(long now, String newTicket) {
    return new JobStatus(JobState.RUNNING, position, arguments, newTicket, now, 0, -1, "");
  }

  JobStatus stopping() {
    return new JobStatus(JobState.STOPPING, position, arguments, ticket, started, 0, -1, "");
  }

  JobStatus ended(JobState how, long now, int code, String why) {
    return new JobStatus(how, position, arguments, ticket, started, now, code, why);
  }
}
