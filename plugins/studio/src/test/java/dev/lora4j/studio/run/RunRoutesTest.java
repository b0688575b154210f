package dev.lora4j.studio.run;

import static dev.lora4j.studio.StudioClient.encoded;
import static dev.lora4j.studio.StudioClient.object;
import static dev.lora4j.studio.StudioClient.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.studio.BareStudio;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests of trainings, and folders of trainings that strangers made. */
class RunRoutesTest {
  @TempDir private Path start;
  private BareStudio studio;

  @BeforeEach
  void open() throws IOException {
    studio = BareStudio.open(start);
  }

  @AfterEach
  void close() throws Exception {
    studio.close();
  }

  private void pictures() throws IOException {
    Path folder = Files.createDirectories(studio.workspace().pictures().resolve("set"));
    for (String name : List.of("abacus", "airplane")) {
      for (String ending : List.of(".png", ".txt")) {
        Files.copy(BundledModel.styleSet().resolve(name + ending), folder.resolve(name + ending));
      }
    }
  }

  private JsonObject run(String id) throws Exception {
    for (var one : studio.get("/studio/runs").getAsJsonArray("runs")) {
      if (one.getAsJsonObject().get("id").getAsString().equals(id)) {
        return one.getAsJsonObject();
      }
    }
    throw new AssertionError("There is no run " + id);
  }

  @Test
  void settingsWithOddCharactersSurvive() throws Exception {
    pictures();
    String comment = "a = \"b\" 'c' \\ \u00fc \uD83D\uDE00 $HOME `id` --overwrite; @x";
    JsonObject settings = object("comment", comment, "previews.prompts", "[]");
    settings.addProperty("about.description", "-x");
    JsonObject request =
        object("images", "set", "output", "odd", "steps", 1, "rank", 2, "batch", 1);
    request.addProperty("trigger", "@sks \"style\"");
    request.addProperty("alpha", 2.5);
    request.add("settings", settings);
    JsonObject job = studio.post("/studio/actions/train", request).getAsJsonObject("job");
    JsonObject ended = studio.ended(job.get("id").getAsString());
    assertEquals("done", ended.get("state").getAsString(), ended.toString());
    JsonObject recorded = run("odd").getAsJsonObject("settings");
    assertEquals(comment, recorded.get("comment").getAsString());
    assertEquals("-x", recorded.get("about.description").getAsString());
    assertEquals("@sks \"style\"", recorded.get("data.trigger").getAsString());
    assertEquals("2.5", recorded.get("adapter.alpha").getAsString());
  }

  @Test
  void whatCannotBeMeantIsNamed() throws Exception {
    pictures();
    List<JsonObject> wrong =
        List.of(
            object("output", "a"),
            object("images", "other", "output", "a"),
            object("images", "set", "output", "../a"),
            object("images", "set", "output", "a/../../b"),
            object("images", "set", "output", "/etc/a"),
            object("images", "set", "output", ""),
            object("images", "set", "output", "a.run"),
            object("images", "set", "output", "tenants/x"),
            object("images", "set", "output", "con"),
            object("images", "set", "output", "a", "stepz", 5),
            object("images", "set", "output", "a", "base", "sdxl"),
            object("images", "set", "output", "a", "from", "nobody"),
            object("images", "set", "output", "a", "resume", true, "overwrite", true),
            object("images", "set", "output", "a", "validation", 2),
            object("images", "set", "output", "a", "rank", object()),
            object("images", "set", "output", "a", "settings", object("output", "/tmp/x")),
            object("images", "set", "output", "a", "settings", object("output_dir", "/tmp")),
            object("images", "set", "output", "a", "settings", object("train_data_dir", "/")),
            object("images", "set", "output", "a", "settings", object("a=b", "c")),
            object("images", "set", "output", "a", "trigger", "a\0b"));
    for (JsonObject request : wrong) {
      HttpResponse<String> answer = studio.send("/studio/actions/train/command", request);
      assertTrue(List.of(400, 404).contains(answer.statusCode()), request + answer.body());
    }
    assertEquals(0, studio.get("/studio/jobs").getAsJsonArray("jobs").size());
    assertFalse(Files.exists(start.resolve("adapters/a.run")));
  }

  @Test
  void foldersOfStrangersHarmNothing() throws Exception {
    Path adapters = studio.workspace().newAdapters();
    Path evil = Files.createDirectories(adapters.resolve("evil.run/previews"));
    Files.writeString(start.resolve("secret.png"), "secret");
    Files.createSymbolicLink(evil.resolve("step-000001.png"), start.resolve("secret.png"));
    Files.writeString(adapters.resolve("evil.run/run.toml"), "a = [".repeat(5000));
    Files.writeString(adapters.resolve("evil.run/log.csv"), "\0\1\2" + "x".repeat(100_000));
    Path checkpoints = Files.createDirectories(adapters.resolve("evil.run/checkpoints"));
    Files.writeString(checkpoints.resolve("step-000009.safetensors"), "no checkpoint");
    Files.createDirectories(adapters.resolve("tenants/x/hidden.run"));
    Files.createDirectories(adapters.resolve(".hidden/a.run"));
    Files.createDirectories(adapters.resolve("empty.run"));
    JsonArray runs = studio.get("/studio/runs").getAsJsonArray("runs");
    assertEquals(2, runs.size(), runs.toString());
    assertEquals("unfinished", run("evil").get("state").getAsString());
    assertEquals(0, run("evil").get("step").getAsInt());
    assertEquals(0, studio.get("/studio/runs/log?run=evil").getAsJsonArray("rows").size());
    for (String path :
        List.of(
            "/studio/runs/preview?run=evil&step=1",
            "/studio/runs/preview?run=evil&step=2",
            "/studio/runs/preview?run=..&step=1",
            "/studio/runs/log?run=" + encoded("../adapters/evil"),
            "/studio/runs/log?run=tenants/x/hidden",
            "/studio/runs/log?run=")) {
      assertEquals(404, studio.ask(path).statusCode(), path);
    }
    assertEquals(400, studio.ask("/studio/runs/preview?run=evil&step=x").statusCode());
    assertEquals(404, studio.send("/studio/runs/continue", object("run", "absent")).statusCode());
  }

  @Test
  void textsBecomeAnAdapterThatIsTrainedFurther() throws Exception {
    Files.writeString(
        start.resolve("texts.jsonl"),
        "{\"text\": \"My fellow citizens\"}\n{\"text\": \"of this land\"}\n".repeat(4));
    JsonObject request =
        object("data", "texts.jsonl", "output", "words", "steps", 3, "rank", 2, "saveEvery", 1);
    String refused =
        problem(
            studio.send(
                "/studio/actions/text-train", object("data", "/etc/passwd", "output", "x")));
    assertTrue(refused.contains("where the studio was started"), refused);
    JsonObject job = studio.post("/studio/actions/text-train", request).getAsJsonObject("job");
    JsonObject ended = studio.ended(job.get("id").getAsString());
    assertEquals("done", ended.get("state").getAsString(), ended.toString());
    JsonObject run = run("words");
    assertEquals("text", run.get("kind").getAsString());
    assertEquals("finished", run.get("state").getAsString());
    assertEquals(3, run.get("step").getAsInt());
    assertEquals(3, run.get("steps").getAsInt());
    JsonObject further =
        studio
            .post("/studio/runs/continue", object("run", "words", "output", "more", "steps", 2))
            .getAsJsonObject("job");
    JsonObject done = studio.ended(further.get("id").getAsString());
    assertEquals("done", done.get("state").getAsString(), done.toString());
    assertTrue(done.get("command").getAsString().contains("--from adapters/words"));
    assertTrue(Files.exists(start.resolve("adapters/more/adapter_model.safetensors")));
  }
}
