package dev.lora4j.cli.console;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** Terminal of stderr, if it is one, and its width. */
final class Terminal {
  private static final int ASSUMED_WIDTH = 80;

  private Terminal() {}

  /**
   * Columns of the terminal that stderr is; empty if it is a file, a pipe or a dumb terminal, and
   * on Windows, where it is unknown.
   */
  static OptionalInt width() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return OptionalInt.empty();
    }
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      return OptionalInt.empty();
    }
    return ask();
  }

  /* Java 17 only knows whether stdin and stdout are terminals, and neither is what matters here. */
  private static OptionalInt ask() {
    try {
      Process stty =
          new ProcessBuilder("/bin/sh", "-c", "exec 3>&2 2>/dev/null; stty size <&3")
              .redirectError(Redirect.INHERIT)
              .start();
      stty.getOutputStream().close();
      if (!stty.waitFor(2, TimeUnit.SECONDS) || stty.exitValue() != 0) {
        stty.destroy();
        return OptionalInt.empty();
      }
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      int columns = Integer.parseInt(size.strip().replaceFirst("^\\d+ ", ""));
      return OptionalInt.of(columns < 20 ? ASSUMED_WIDTH : columns);
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }
}
