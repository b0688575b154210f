package dev.lora4j.core.spi;

/**
 * Failure of a requested extension, plug-in or setting that cannot be used; the message says what
 * to do.
 */
public final class ExtensionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** With a message for people. */
  public ExtensionException(String message) {
    super(message);
  }

  /** With what was thrown. */
  public ExtensionException(String message, Throwable cause) {
    super(message, cause);
  }
}
