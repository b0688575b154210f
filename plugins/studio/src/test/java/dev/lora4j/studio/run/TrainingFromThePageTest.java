package dev.lora4j.studio.run;

import static dev.lora4j.studio.StudioClient.await;
import static dev.lora4j.studio.StudioClient.object;
import static dev.lora4j.studio.StudioClient.problem;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.studio.BareStudio;
import dev.lora4j.studio.PageEvents;
import dev.lora4j.studio.StudioClient;
import dev.lora4j.studio.TerminalCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From an empty studio to an adapter in the library, by what a page sends. */
@Tag("slow")
class TrainingFromThePageTest {
  private static final int PICTURES = 6;
  private static final int STEPS = 20;

  /** How often a page hears of pictures: the set, each picture and each caption. */
  private static final int TOLD = 1 + 2 * PICTURES;

  /** Enough that it is not over before a page hears of it. */
  private static final int LONG = 70;

  @TempDir private Path start;

  private static List<Path> ink() throws IOException {
    try (Stream<Path> all = Files.list(BundledModel.styleSet())) {
      return all.filter(file -> file.toString().endsWith(".png")).sorted().limit(PICTURES).toList();
    }
  }

  private static void fill(StudioClient studio, String set) throws Exception {
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

  private static JsonObject request(String output, int steps) {
    JsonObject settings =
        object(
            "save.every", 5, "save.adapters", 10, "validation.split", "0.2", "validation.every", 5);
    settings.addProperty("previews.prompts", "[]");
    return object(
        "images",
        "ink",
        "output",
        output,
        "steps",
        steps,
        "rank",
        4,
        "batch",
        2,
        "settings",
        settings);
  }

  private static JsonObject run(StudioClient studio, String id) {
    try {
      return studio.get("/studio/runs").getAsJsonArray("runs").asList().stream()
          .map(run -> run.getAsJsonObject())
          .filter(run -> run.get("id").getAsString().equals(id))
          .findFirst()
          .orElseGet(JsonObject::new);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String state(JsonObject run) {
    return run.has("state") ? run.get("state").getAsString() : "";
  }

  @Test
  void picturesBecomeAnAdapter() throws Exception {
    try (BareStudio studio = BareStudio.open(start);
        PageEvents page = new PageEvents(studio)) {
      fill(studio, "ink");
      // An answer may be here before the page has read what it was told.
      await("all pictures are told", () -> page.of("pictures").size() >= TOLD);
      JsonObject plan = studio.post("/studio/actions/plan?wait=1", request("ink", STEPS));
      JsonObject output = plan.getAsJsonObject("output");
      assertEquals(STEPS, output.get("steps").getAsInt());
      assertEquals(PICTURES, output.getAsJsonArray("pictures").size());
      assertEquals("done", plan.getAsJsonObject("job").get("state").getAsString());

      JsonObject shown = studio.post("/studio/actions/train/command", request("ink", STEPS));
      String command = shown.get("command").getAsString();
      assertTrue(
          command.endsWith(
              " train --images studio/pictures/ink -o adapters/ink.safetensors --rank 4 --steps 20"
                  + " --batch 2 --set save.every=5 --set save.adapters=10 --set"
                  + " validation.split=0.2 --set validation.every=5 --set"
                  + " 'previews.prompts=[]'"),
          command);
      assertEquals(1, studio.get("/studio/jobs").getAsJsonArray("jobs").size());

      JsonObject job =
          studio.post("/studio/actions/train", request("ink", STEPS)).getAsJsonObject("job");
      assertEquals("training", job.get("lane").getAsString());
      JsonObject ended = studio.ended(job.get("id").getAsString());
      assertEquals("done", ended.get("state").getAsString(), ended.toString());
      assertEquals("ink", ended.get("adapter").getAsString());
      assertEquals(STEPS, ended.getAsJsonObject("progress").get("done").getAsInt());
      assertTrue(Files.size(start.resolve("adapters/ink.safetensors")) > 1000);

      JsonObject run = run(studio, "ink");
      assertEquals("finished", state(run));
      assertEquals("picture", run.get("kind").getAsString());
      assertEquals(STEPS, run.get("step").getAsInt());
      assertEquals(STEPS, run.get("steps").getAsInt());
      assertEquals(STEPS, run.get("checkpoint").getAsInt());
      assertEquals(job.get("id"), run.get("job"));
      assertTrue(run.get("loss").getAsDouble() > 0);
      assertTrue(run.get("smoothed").getAsDouble() > 0);
      assertTrue(run.getAsJsonObject("best").get("validation").getAsDouble() > 0);
      assertTrue(run.get("secondsPerStep").getAsDouble() > 0);
      assertEquals("4", run.getAsJsonObject("settings").get("adapter.rank").getAsString());
      JsonObject onTheWay = run.getAsJsonArray("adapters").get(0).getAsJsonObject();
      assertEquals(10, onTheWay.get("step").getAsInt());
      assertEquals("ink.run/adapters/ink-step00000010", onTheWay.get("name").getAsString());
      JsonArray rows = studio.get("/studio/runs/log?run=ink").getAsJsonArray("rows");
      assertEquals(STEPS, rows.size());
      assertEquals(6, rows.get(0).getAsJsonArray().size());
      JsonArray newer = studio.get("/studio/runs/log?run=ink&after=15").getAsJsonArray("rows");
      assertEquals(16, newer.get(0).getAsJsonArray().get(0).getAsInt());
      await(
          "the page hears that it is finished",
          () -> page.of("run").stream().anyMatch(r -> state(r).equals("finished")));
      assertEquals(TOLD, page.of("pictures").size());

      // What is there is not written over unasked.
      String refused = problem(studio.send("/studio/actions/train", request("ink", STEPS)));
      assertTrue(refused.startsWith("400 There is an adapter ink already."), refused);
      JsonObject again = request("ink", STEPS);
      again.addProperty("overwrite", true);
      assertTrue(
          studio.post("/studio/actions/train/command", again).toString().contains("--overwrite"));

      // A finished one is trained further under another name.
      JsonObject further = object("run", "ink", "output", "ink-2", "steps", 4);
      String words =
          studio.post("/studio/runs/continue/command", further).get("command").getAsString();
      assertTrue(words.contains("--set adapter.warm_start=adapters/ink.safetensors"), words);
      JsonObject second = studio.post("/studio/runs/continue", further).getAsJsonObject("job");
      JsonObject done = studio.ended(second.get("id").getAsString());
      assertEquals("done", done.get("state").getAsString(), done.toString());
      assertEquals("finished", state(run(studio, "ink-2")));
      assertEquals(4, run(studio, "ink-2").get("steps").getAsInt());
      assertTrue(Files.exists(start.resolve("adapters/ink-2.safetensors")));
    }
  }

  @Test
  void aTrainingOfATerminalIsSeenAndGoneOnWith() throws Exception {
    try (BareStudio studio = BareStudio.open(start);
        PageEvents page = new PageEvents(studio)) {
      fill(studio, "ink");
      String[] words = words(Path.of("adapters/styles/mine.safetensors"), Path.of(""));
      File said = start.resolve("said.txt").toFile();
      Process process = TerminalCommand.start(start, said, words);
      await("it is seen to run", () -> state(run(studio, "styles/mine")).equals("running"));
      await(
          "the page hears of its steps",
          () ->
              page.of("run").stream()
                  .anyMatch(r -> r.get("step").getAsInt() >= 1 && state(r).equals("running")));
      JsonObject run = run(studio, "styles/mine");
      assertEquals(process.pid(), run.get("pid").getAsLong());
      assertFalse(run.has("job"));
      JsonObject same = object("images", "ink", "output", "styles/mine", "steps", 3);
      String refused = problem(studio.send("/studio/actions/train", same));
      assertTrue(refused.contains("is being trained right now (process"), refused);
      assertEquals(
          400, studio.send("/studio/runs/continue", object("run", "styles/mine")).statusCode());
      process.destroy();
      process.waitFor();
      await(
          "it is seen to have stopped",
          () -> state(run(studio, "styles/mine")).equals("unfinished"));
      JsonObject stopped = run(studio, "styles/mine");
      assertFalse(stopped.has("pid"));
      assertTrue(stopped.get("checkpoint").getAsInt() >= 1, stopped.toString());
      String other =
          problem(
              studio.send("/studio/runs/continue", object("run", "styles/mine", "steps", 1000)));
      assertTrue(other.startsWith("400 styles/mine goes on to its " + LONG + " steps"), other);
      JsonObject job =
          studio.post("/studio/runs/continue", object("run", "styles/mine")).getAsJsonObject("job");
      JsonObject ended = studio.ended(job.get("id").getAsString());
      assertEquals("done", ended.get("state").getAsString(), ended.toString());
      assertEquals("finished", state(run(studio, "styles/mine")));

      // To the last bit what it would have been.
      TerminalCommand.here(words(start.resolve("whole.safetensors"), start));
      assertArrayEquals(
          tensors(start.resolve("whole.safetensors")),
          tensors(start.resolve("adapters/styles/mine.safetensors")));
    }
  }

  private static String[] words(Path output, Path from) {
    return new String[] {
      "train",
      "--images=" + from.resolve("studio/pictures/ink"),
      "-o",
      output.toString(),
      "--steps=" + LONG,
      "--rank=4",
      "--batch=1",
      "--compute=f32",
      "--set=save.every=10",
      "--set=previews.prompts=[]"
    };
  }

  /** Its bytes behind the header, which has the name. */
  private static byte[] tensors(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int header = (all[0] & 0xff) | (all[1] & 0xff) << 8 | (all[2] & 0xff) << 16;
    return Arrays.copyOfRange(all, 8 + header, all.length);
  }
}
