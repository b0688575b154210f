package dev.lora4j.text.chat.jinja;

import java.util.List;

/** A stretch of a template. */
sealed interface Segment {
  int line();

  /** Goes into the output as it is. */
  record Text(String text, int line) implements Segment {}

  /** An expression whose value goes into the output. */
  record Output(List<Token> tokens, int line) implements Segment {}

  /** A statement. */
  record Block(List<Token> tokens, int line) implements Segment {}
}
