package dev.lora4j.spark;

import java.util.Optional;

/** Failure of a task, in words for the person who started the job. */
public final class TaskFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final String MARK = TaskFailure.class.getName() + ": ";

  TaskFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What a task said, if a job failed because one failed in this way. Spark hands over the text of
   * it alone, among much else.
   */
  public static Optional<String> reason(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof TaskFailure) {
        return Optional.ofNullable(cause.getMessage());
      }
      Optional<String> said = reason(String.valueOf(cause.getMessage()));
      if (said.isPresent()) {
        return said;
      }
    }
    return Optional.empty();
  }

  /** What a task said, in a text of Spark about it. */
  public static Optional<String> reason(String text) {
    int mark = text.indexOf(MARK);
    if (mark < 0) {
      return Optional.empty();
    }
    int end = text.indexOf("\n\tat ", mark);
    int from = mark + MARK.length();
    return Optional.of(end < 0 ? text.substring(from) : text.substring(from, end));
  }
}
