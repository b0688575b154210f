package dev.lora4j.server.library;

import dev.lora4j.cli.console.Printable;
import java.util.List;

/**
 * Answer to a client that names an adapter which it cannot have: there is none, it is another
 * tenant's, or it is not admitted. Nothing in it tells these apart.
 */
public final class UnknownAdapterException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 80;

  private UnknownAdapterException(String message) {
    super(message);
  }

  static UnknownAdapterException named(String name, List<String> candidates) {
    String near =
        candidates.isEmpty()
            ? ""
            : " Nearest: "
                + String.join(
                    ", ", candidates.stream().map(UnknownAdapterException::shown).toList())
                + ".";
    return new UnknownAdapterException("There is no adapter " + shown(name) + "." + near);
  }

  static UnknownAdapterException at(String path) {
    return new UnknownAdapterException(
        "There is no adapter at "
            + shown(path)
            + " in the folders of this server that you may use. Give a path within them.");
  }

  private static String shown(String text) {
    return Printable.of(text, LONGEST);
  }
}
