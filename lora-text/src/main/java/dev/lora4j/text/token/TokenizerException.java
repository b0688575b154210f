package dev.lora4j.text.token;

import java.nio.file.Path;

/** A tokeniser's files are missing, damaged, or do not fit the model. */
public final class TokenizerException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  TokenizerException(String message) {
    super(message);
  }

  TokenizerException(Path file, String sentence) {
    super(file + " " + sentence);
  }

  TokenizerException(Path file, String sentence, Throwable cause) {
    super(file + " " + sentence, cause);
  }
}
