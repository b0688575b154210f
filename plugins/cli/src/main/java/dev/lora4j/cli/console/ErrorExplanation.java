package dev.lora4j.cli.console;

import dev.lora4j.spi.Extensions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CancellationException;

/** Turns what was thrown into the sentence that the user reads. */
public final class ErrorExplanation {
  private ErrorExplanation() {}

  /** One or two sentences about {@code thrown}. */
  public static String of(Throwable thrown) {
    if (thrown instanceof Failure
        || thrown instanceof CancellationException
        || thrown instanceof IllegalArgumentException
        // Everything the libraries throw on purpose has the error and a remedy.
        || thrown.getClass().getName().startsWith("dev.lora4j.")) {
      return message(thrown);
    }
    if (thrown instanceof UncheckedIOException io && io.getCause() != null) {
      String own = message(thrown);
      boolean bare = own.equals(io.getCause().toString());
      return bare ? of(io.getCause()) : own;
    }
    if (thrown instanceof IOException io) {
      return file(io);
    }
    if (thrown instanceof OutOfMemoryError) {
      return "Java's memory is used up. Allow it more, for example with LORA4J_JAVA_OPTS=-Xmx8g.";
    }
    String where =
        Extensions.installed()
            .thrower(thrown)
            .map(plugin -> " in the plug-in " + plugin.file())
            .orElse("");
    return "This should not have happened"
        + where
        + ": "
        + thrown
        + ". Run it again with --debug to see where.";
  }

  private static String file(IOException thrown) {
    if (thrown instanceof NoSuchFileException missing) {
      return "There is no " + missing.getFile() + ".";
    }
    if (thrown instanceof AccessDeniedException denied) {
      return "Permission to use " + denied.getFile() + " is denied.";
    }
    if (thrown instanceof FileSystemException other && other.getReason() != null) {
      return other.getFile() + ": " + other.getReason() + ".";
    }
    return message(thrown);
  }

  private static String message(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null || message.isBlank() ? thrown.toString() : message;
  }
}
