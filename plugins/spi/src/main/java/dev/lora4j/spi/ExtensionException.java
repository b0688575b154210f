package dev.lora4j.spi;

/**
 * Failure of a requested extension, plug-in or setting that cannot be used; the message gives the
 * remedy.
 */
public final class ExtensionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** Creates an exception with a message for people. */
  public ExtensionException(String message) {
    super(message);
  }

  /** Creates an exception with its cause. */
  public ExtensionException(String message, Throwable cause) {
    super(message, cause);
  }
}
