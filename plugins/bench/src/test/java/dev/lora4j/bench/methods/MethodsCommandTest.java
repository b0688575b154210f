package dev.lora4j.bench.methods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.bench.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class MethodsCommandTest {
  @TempDir private Path folder;

  @Test
  void trainsAndScoresOnTheBundledTexts() throws Exception {
    Path texts = Files.writeString(folder.resolve("learn.txt"), "The whale swims. ".repeat(400));
    Path unseen = Files.writeString(folder.resolve("unseen.txt"), "A whale dives. ".repeat(200));
    Path out = folder.resolve("out");
    Run run =
        Run.of(
            "methods",
            "--on",
            "whale=" + texts + "," + unseen,
            "--method",
            "miss",
            "--method",
            "lora:lr=2e-3",
            "--rank",
            "2",
            "--steps",
            "2",
            "--same-steps",
            "--seeds",
            "1",
            "--rates",
            "1",
            "--threads",
            "1",
            "--json",
            "-o",
            out.toString());
    assertEquals(0, run.code(), run.err());
    JsonObject table = run.json().get(0).getAsJsonObject();
    assertEquals("whale", table.get("on").getAsString());
    assertEquals(2, table.getAsJsonArray("rows").size());
    assertFalse(table.toString().contains("failure"), table.toString());
    JsonObject reference = table.getAsJsonArray("rows").get(0).getAsJsonObject();
    assertEquals("lora:lr=2e-3", reference.get("method").getAsString());
    for (int row = 0; row < 2; row++) {
      JsonObject seed =
          table
              .getAsJsonArray("rows")
              .get(row)
              .getAsJsonObject()
              .getAsJsonArray("seeds")
              .get(0)
              .getAsJsonObject();
      assertTrue(seed.get("perplexity").getAsDouble() > 1, seed.toString());
      assertTrue(seed.get("trained").getAsLong() > 0, seed.toString());
      for (JsonElement command : seed.getAsJsonArray("commands")) {
        assertTrue(command.getAsString().contains("--threads 1"), command.toString());
      }
    }
    assertTrue(Files.readString(out.resolve("whale/table.md")).contains("`miss`"));
  }

  @Test
  void mistakesAreNamedBeforeAnythingBegins() {
    assertMisused("--on takes ink, novel", "methods", "--on", "inkk");
    assertMisused("ink, glossy, flat; found 'gouache'", "methods", "--on", "gouache=.");
    assertMisused("one folder, or two paths", "methods", "--on", "a=b,c,d");
    assertMisused("--seeds must be at least 1", "methods", "--seeds", "0");
    assertMisused("There is no method", "methods", "--method", "lorra");
  }

  private void assertMisused(String told, String... arguments) {
    Run run = Run.of(arguments);
    assertEquals(2, run.code(), run.toString());
    assertTrue(run.err().contains(told), run.err());
  }
}
