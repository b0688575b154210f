package dev.lora4j.diffusion.dataset;

import java.nio.file.Path;

/**
 * A problem of a file that a user should know before training.
 *
 * @param file or folder
 * @param severity whether training can begin
 * @param sentence what is the matter, to be read after the file's name
 */
public record DataProblem(Path file, Severity severity, String sentence) {
  /** Severity of a problem. */
  public enum Severity {
    /** Training does not begin. */
    ERROR,
    /** Training begins, and may learn something that nobody wanted. */
    WARNING
  }

  /** One for which training does not begin. */
  public static DataProblem error(Path file, String sentence) {
    return new DataProblem(file, Severity.ERROR, sentence);
  }

  /** One with which training begins. */
  public static DataProblem warning(Path file, String sentence) {
    return new DataProblem(file, Severity.WARNING, sentence);
  }

  /** True if the problem prevents training. */
  public boolean isError() {
    return severity == Severity.ERROR;
  }

  @Override
  public String toString() {
    return file + " " + sentence;
  }
}
