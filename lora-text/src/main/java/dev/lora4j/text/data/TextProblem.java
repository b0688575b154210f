package dev.lora4j.text.data;

import java.nio.file.Path;

/**
 * A problem to solve before texts can be used.
 *
 * @param file where it is
 * @param line counted from 1; 0 for the whole file
 * @param sentence what is the matter, to be read after the place
 */
public record TextProblem(Path file, int line, String sentence) {
  @Override
  public String toString() {
    return file + (line > 0 ? " line " + line : "") + " " + sentence;
  }
}
