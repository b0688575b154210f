package dev.lora4j.studio.run;

import static dev.lora4j.studio.BareStudio.await;
import static dev.lora4j.studio.BareStudio.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.studio.BareStudio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From an empty studio to an adapter in the library, by what a page sends. */
class TrainingFromThePageTest {
  private static final int PICTURES = 6;
  private static final int STEPS = 20;

  @TempDir private Path start;

  private static List<Path> ink() throws IOException {
    try (Stream<Path> all = Files.list(BundledModel.styleSet())) {
      return all.filter(file -> file.toString().endsWith(".png")).sorted().limit(PICTURES).toList();
    }
  }

  private static void fill(BareStudio studio, String set) throws Exception {
    studio.post("/studio/pictures", object("set", set));
    for (Path picture : ink()) {
      String name = picture.getFileName().toString();
      String data = Base64.getEncoder().encodeToString(Files.readAllBytes(picture));
      studio.post("/studio/pictures/upload", object("set", set, "name", name, "data", data));
      Path text = picture.resolveSibling(name.replace(".png", ".txt"));
      studio.post(
          "/studio/pictures/caption",
          object("set", set, "file", name, "caption", Files.readString(text)));
    }
  }

  private static JsonObject request() {
    JsonObject settings = object("save.every", 5, "previews.prompts", "[]");
    JsonObject request =
        object("images", "ink", "output", "ink", "steps", STEPS, "rank", 4, "batch", 2);
    request.add("settings", settings);
    return request;
  }

  @Test
  void picturesBecomeAnAdapter() throws Exception {
    try (BareStudio studio = new BareStudio(start)) {
      fill(studio, "ink");
      JsonObject plan = studio.post("/studio/actions/plan?wait=1", request());
      JsonObject output = plan.getAsJsonObject("output");
      assertEquals(STEPS, output.get("steps").getAsInt());
      JsonArray pictures = output.getAsJsonArray("pictures");
      assertEquals(PICTURES, pictures.size());
      assertEquals("done", plan.getAsJsonObject("job").get("state").getAsString());

      JsonObject shown = studio.post("/studio/actions/train/command", request());
      String command = shown.get("command").getAsString();
      assertTrue(
          command.endsWith(
              " train --images studio/pictures/ink -o adapters/ink.safetensors --rank 4 --steps 20"
                  + " --batch 2 --set save.every=5 --set 'previews.prompts=[]'"),
          command);
      assertEquals(1, studio.get("/studio/jobs").getAsJsonArray("jobs").size());

      JsonObject job = studio.post("/studio/actions/train", request()).getAsJsonObject("job");
      assertEquals("training", job.get("lane").getAsString());
      String id = job.get("id").getAsString();
      await("the training ends", () -> ended(studio, id));
      JsonObject ended = job(studio, id);
      assertEquals("done", ended.get("state").getAsString(), ended.toString());
      assertEquals("ink", ended.get("adapter").getAsString());
      assertEquals(STEPS, ended.getAsJsonObject("progress").get("done").getAsInt());
      assertTrue(Files.size(start.resolve("adapters/ink.safetensors")) > 1000);
    }
  }

  private static JsonObject job(BareStudio studio, String id) {
    try {
      for (JsonElement one : studio.get("/studio/jobs").getAsJsonArray("jobs")) {
        JsonObject job = one.getAsJsonObject();
        if (job.get("id").getAsString().equals(id)) {
          return job;
        }
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("There is no job " + id);
  }

  private static boolean ended(BareStudio studio, String id) {
    return !List.of("queued", "running", "stopping")
        .contains(job(studio, id).get("state").getAsString());
  }
}
