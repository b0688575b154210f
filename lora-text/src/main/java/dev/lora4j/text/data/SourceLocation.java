package dev.lora4j.text.data;

import java.nio.file.Path;

/**
 * Location of an example in a file.
 *
 * @param file its file
 * @param line counted from 1; 0 for the whole file
 */
public record SourceLocation(Path file, int line) {
  /** Location of an example that was read from no file, by its number from 1 on. */
  static SourceLocation numbered(int number) {
    return new SourceLocation(Path.of("example " + number), 0);
  }

  @Override
  public String toString() {
    return file + (line > 0 ? " line " + line : "");
  }

  /** A problem of the example. */
  public TextProblem problem(String sentence) {
    return new TextProblem(file, line, sentence);
  }
}
