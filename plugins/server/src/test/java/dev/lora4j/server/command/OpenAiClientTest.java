package dev.lora4j.server.command;

import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.server.schedule.QueueLimits;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** openai-python asks for everything that is here ({@code golden/openai_client.py}). */
@Tag("python")
class OpenAiClientTest {
  @TempDir private Path folder;

  @Test
  void clientOfOthersGetsWhatItWants() throws IOException, InterruptedException {
    Path adapters = BundledModel.adapter().toAbsolutePath().getParent();
    Path encoder = SmallEncoder.write(folder.resolve("bert"));
    try (RunningServer server =
        new RunningServer(
            folder.resolve("state"), adapters, QueueLimits.DEFAULT, "bert", encoder)) {
      PythonClient.run("openai_client.py", server.uri("/").getPort());
    }
  }
}
