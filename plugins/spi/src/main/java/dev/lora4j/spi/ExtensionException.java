package dev.lora4j.spi;

/**
 * An extension, a plug-in or a setting that was asked for and cannot be used; the message says what
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
