package dev.lora4j.server.command;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** webuiapi asks for pictures ({@code golden/a1111_client.py}). */
@Tag("python")
class A1111ClientTest {
  @TempDir private Path state;

  @Test
  void clientOfOthersGetsWhatItWants() throws IOException, InterruptedException {
    try (A1111Server server = new A1111Server(state)) {
      PythonClient.run("a1111_client.py", server.port());
    }
  }
}
