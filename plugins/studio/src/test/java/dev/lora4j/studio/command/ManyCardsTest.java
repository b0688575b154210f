package dev.lora4j.studio.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyCardsTest {
  private static final int ADAPTERS = 1_000;

  /**
   * Much less than it takes to read them, a tenth of a second each, and much more than the list
   * takes on a machine that is not busy otherwise.
   */
  private static final Duration BLINK = Duration.ofSeconds(20);

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path root;

  @Test
  void thousandAreListedAtOnceAndReadMeanwhile() throws Exception {
    Family sd15 =
        Families.all().stream().filter(f -> f.name().equals("sd15")).findFirst().orElseThrow();
    Path first = Files.createDirectories(root.resolve("adapters")).resolve("a0.safetensors");
    RandomAdapters.write(
        first,
        sd15,
        "mid_block.attentions.0.transformer_blocks.0.attn1.to_q",
        1,
        0.1f,
        Map.of("modelspec.title", "Many"));
    for (int i = 1; i < ADAPTERS; i++) {
      Files.copy(first, first.resolveSibling("a" + i + ".safetensors"));
      Files.writeString(first.resolveSibling("a" + i + ".json"), "{\"notes\": \"n" + i + "\"}");
    }
    try (LibraryServer server = new LibraryServer(root)) {
      assertEquals(ADAPTERS, list(server).size());
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (titled(list(server)) < ADAPTERS) {
        assertTrue(System.nanoTime() < end, "all headers are read");
        TimeUnit.MILLISECONDS.sleep(200);
      }
    }
  }

  private static JsonArray list(LibraryServer server) throws Exception {
    long began = System.nanoTime();
    JsonArray cards = server.client().get("/studio/library").json().getAsJsonArray("adapters");
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    assertTrue(took.compareTo(BLINK) < 0, took::toString);
    return cards;
  }

  private static int titled(JsonArray cards) {
    int titled = 0;
    for (JsonElement card : cards) {
      titled += card.getAsJsonObject().has("title") ? 1 : 0;
    }
    return titled;
  }
}
