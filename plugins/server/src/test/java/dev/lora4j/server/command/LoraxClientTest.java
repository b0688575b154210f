package dev.lora4j.server.command;

import dev.lora4j.server.schedule.QueueLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** lorax-client asks for texts with adapters ({@code golden/lorax_client.py}). */
@Tag("python")
class LoraxClientTest {
  @TempDir private Path folder;

  @Test
  void clientOfOthersGetsWhatItWants() throws IOException, InterruptedException {
    Path adapters = Files.createDirectories(folder.resolve("adapters"));
    try (RunningServer server =
        new RunningServer(folder.resolve("state"), adapters, QueueLimits.DEFAULT, 1)) {
      for (int i = 0; i < 2; i++) {
        RandomAdapters.write(
            adapters.resolve("text" + i), server.texts().base().family(), "_proj", i, 0.2f);
      }
      PythonClient.run("lorax_client.py", server.uri("/").getPort());
    }
  }
}
