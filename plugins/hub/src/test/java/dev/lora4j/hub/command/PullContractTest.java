package dev.lora4j.hub.command;

import dev.lora4j.hub.HubServer;
import dev.lora4j.hub.Hubs;
import dev.lora4j.hub.TestAdapters;
import dev.lora4j.testkit.command.CommandContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What holds of every command. */
class PullContractTest extends CommandContract {
  private static HubServer server;

  PullContractTest() {
    super("pull");
  }

  @BeforeAll
  static void start() throws IOException {
    server = new HubServer();
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", TestAdapters.lora(2, 1)));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected List<String> words(Path folder) {
    return List.of(
        "hf:ann/ink", "--to=" + folder.resolve("adapters"), "--hf-endpoint=" + server.hub());
  }
}
