package dev.lora4j.whisper.audio;

/** A recording that cannot be read. */
public final class AudioException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence that names the file. */
  public AudioException(String message) {
    super(message);
  }

  /** With a sentence that names the file, and its cause. */
  public AudioException(String message, Throwable cause) {
    super(message, cause);
  }
}
