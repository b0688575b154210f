package dev.lora4j.studio.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that others have published. */
@Tag("shared-data")
class SharedAdaptersTest {
  private static final int LOOKS = 600;

  @TempDir Path root;

  private static Path shared(String name) {
    return Path.of(System.getProperty("lora4j.shared-data", "")).resolve("lora").resolve(name);
  }

  private static Map<String, JsonObject> cards(LibraryServer server) throws Exception {
    for (int look = 0; look < LOOKS; look++) {
      Map<String, JsonObject> cards = new LinkedHashMap<>();
      JsonObject list = server.client().get("/studio/library").json();
      for (JsonElement card : list.getAsJsonArray("adapters")) {
        cards.put(card.getAsJsonObject().get("name").getAsString(), card.getAsJsonObject());
      }
      if (cards.values().stream().noneMatch(card -> card.has("pending"))) {
        return cards;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new IOException("the adapters are not read");
  }

  @Test
  void publishedAdaptersAreUnderstood() throws Exception {
    try (LibraryServer server = new LibraryServer(root)) {
      for (String name : new String[] {"analog_svd_rank4", "axe_lora", "test_embedding"}) {
        String file = name + ".safetensors";
        Files.copy(shared(file), server.adapters().resolve(file));
      }
      Map<String, JsonObject> cards = cards(server);
      JsonObject analog = cards.get("analog_svd_rank4");
      assertEquals("sd15", analog.get("family").getAsString());
      assertEquals(4, analog.get("rank").getAsInt());
      assertEquals(384, analog.getAsJsonObject("keys").get("used").getAsInt());
      assertEquals(256, cards.get("axe_lora").getAsJsonObject("keys").get("used").getAsInt());
      JsonObject embedding = cards.get("test_embedding");
      assertEquals("unknown", embedding.get("kind").getAsString());
      assertTrue(
          embedding.get("problem").getAsString().contains("is a textual inversion"),
          embedding::toString);
      JsonObject detail =
          server.client().get("/studio/library/adapter?name=analog_svd_rank4").json();
      assertEquals(192, detail.getAsJsonArray("sites").size());
    }
  }
}
