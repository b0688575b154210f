package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Scripts of {@code src/test/golden}, each of which asks a server by a client of others. They need
 * {@code -Dlora4j.python=} with the packages of {@code requirements.txt} there.
 */
final class PythonClient {
  private PythonClient() {}

  /** Runs a script, which ends with an error at the first answer that is wrong. */
  static void run(String script, int port) throws IOException, InterruptedException {
    Process python =
        new ProcessBuilder(
                System.getProperty("lora4j.python", "python3"),
                "src/test/golden/" + script,
                Integer.toString(port))
            .redirectErrorStream(true)
            .start();
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, python.waitFor(), () -> script + ": " + said);
  }
}
