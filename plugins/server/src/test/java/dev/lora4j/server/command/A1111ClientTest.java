package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that others wrote asks for pictures ({@code golden/a1111_client.py}). Needs {@code
 * -Dlora4j.python=} with the packages of {@code src/test/golden/requirements.txt}.
 */
@Tag("python")
class A1111ClientTest {
  @TempDir private Path state;

  @Test
  void clientOfOthersGetsWhatItWants() throws IOException, InterruptedException {
    try (A1111Server server = new A1111Server(state)) {
      Process python =
          new ProcessBuilder(
                  System.getProperty("lora4j.python", "python3"),
                  "src/test/golden/a1111_client.py",
                  Integer.toString(server.port()))
              .inheritIO()
              .start();
      assertEquals(0, python.waitFor());
    }
  }
}
