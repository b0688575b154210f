package dev.lora4j.server.library;

import dev.lora4j.cli.console.Printable;

/**
 * Failure to load an adapter that is there. Its message is for clients and names no path of the
 * server; its cause, if there is one, is for the log.
 */
public final class UnusableAdapterException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 80;

  private UnusableAdapterException(String message) {
    super(message);
  }

  private UnusableAdapterException(String message, Throwable cause) {
    super(message, cause);
  }

  static UnusableAdapterException of(AdapterFile file, Throwable cause) {
    String name = Printable.of(file.key().name(), LONGEST);
    String reason =
        String.valueOf(cause.getMessage())
            .replace(file.real().toString(), name)
            .replace(file.path().toString(), name);
    return new UnusableAdapterException(
        "The adapter " + name + " cannot be used with this base: " + reason, cause);
  }

  static UnusableAdapterException changing(String name) {
    return new UnusableAdapterException(
        "The file of adapter "
            + Printable.of(name, LONGEST)
            + " changed each time while it was read. Try again when it is written.");
  }
}
