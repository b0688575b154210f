package dev.lora4j.whisper.data;

/** Recordings with texts that cannot be used, with all that is wrong with them. */
public final class SpokenDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a line for each problem. */
  public SpokenDataException(String message) {
    super(message);
  }

  /** With a sentence, and its cause. */
  public SpokenDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
