package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ReLoRA and growing ranks, of pictures and texts, also in runs that were stopped. */
class TrainDirectionsTest {
  private static final int STEPS = 8;
  private static final String RESTARTS = "--set=adapter.settings={ restarts = 3 }";
  private static final String GROWTH =
      "--set=adapter.settings={ start_rank = 1, patience = 1, threshold = 0.9 }";

  @TempDir private Path folder;

  private List<Object> words(String method) throws IOException {
    return new ArrayList<>(
        List.of(
            "train",
            "--images=" + Run.pictures(folder.resolve("pictures")),
            "-o",
            folder.resolve("style.safetensors"),
            Run.BASE,
            "--method=" + method,
            "--rank=2",
            "--steps=" + STEPS,
            "--compute=f32",
            "--set=save.every=1",
            "--set=save.keep=" + STEPS,
            "--set=previews.prompts=[]"));
  }

  private Run train(String method, Object... more) throws IOException {
    List<Object> words = words(method);
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  /** Removes what a run of some steps left after the first four. */
  private static void forgetLater(Path run) throws IOException {
    for (int later = 5; later <= STEPS; later++) {
      Files.delete(run.resolve("checkpoints/step-00000" + later + ".safetensors"));
    }
  }

  /** Returns the report of the resumed run. */
  private JsonObject requireResumed(String method, String settings, String told)
      throws IOException {
    Run run = train(method, settings, "--json", "--overwrite");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains(told), run.err());
    String identity = run.json().get("identity").getAsString();
    Files.delete(folder.resolve("style.safetensors"));
    forgetLater(folder.resolve("style.run"));
    Run resumed = train(method, settings, "--json", "--resume");
    assertEquals(0, resumed.code(), resumed.err());
    assertEquals(identity, resumed.json().get("identity").getAsString());
    assertFalse(resumed.err().contains("After step 2: "), "changes are told once");
    return resumed.json();
  }

  @Test
  void restartsMakeOneLoraOfTheSumAndRunsResume() throws IOException {
    JsonObject report =
        requireResumed("relora", RESTARTS, "After step 2: restart 1 of 3, directions 3 to 4 of 8");
    assertEquals(2, report.get("rank").getAsLong());
    assertEquals(8, report.get("rankInFile").getAsLong());
    Path style = folder.resolve("style.safetensors");
    JsonObject inspected = Run.of("inspect", style, "--json").json();
    assertEquals(List.of("8"), List.copyOf(inspected.getAsJsonObject("ranks").keySet()));
    Path small = folder.resolve("small.safetensors");
    assertEquals(0, Run.of("resize", style, "-o", small, "--rank=3").code());
    JsonObject resized = Run.of("inspect", small, "--json").json();
    assertEquals(List.of("3"), List.copyOf(resized.getAsJsonObject("ranks").keySet()));
    Run other = train("relora", "--resume", "--set=adapter.settings={ restarts = 1 }");
    assertNotEquals(0, other.code());
  }

  @Test
  void ranksGrowAndRunsResume() throws IOException {
    requireResumed("rank-growth", GROWTH, ": 2 of 2 directions are trained now");
  }

  @Test
  void planTellsTheCourseAndWhatIsHardlyMeant() throws IOException {
    List<Object> words = words("relora:restart_warmup_steps=0");
    words.set(0, "plan");
    Run run = Run.of(words.toArray());
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("2 of 8 directions are trained at a time"), run.out());
    assertTrue(run.out().contains("restart_warmup_steps is 0"), run.out());
  }

  @Test
  void whatDoesNotGoTogetherIsRefusedBeforeTheFirstStep() throws IOException {
    Run few = train("relora", "--set=adapter.settings={ restarts = 8 }");
    assertTrue(few.err().contains("the run has 8 steps"), few.err());
    Run twice = train("relora:restarts=8", "--set=adapter.settings={ restarts = 3 }");
    assertTrue(twice.err().contains("say them once"), twice.err());
    Run dora = train("dora", "--set=adapter.settings={ inner = \"relora\" }");
    assertTrue(dora.err().contains("relora is none"), dora.err());
    Run dropped = train("relora", "--set=adapter.dropout=0.1");
    assertNotEquals(0, dropped.code());
    assertTrue(dropped.err().contains("dropout"), dropped.err());
    Run norm = train("relora", "--set=adapter.max_norm=1");
    assertTrue(norm.err().contains("max_norm"), norm.err());
    Run averaged = train("rank-growth", "--optimizer=schedule_free_adamw");
    assertTrue(averaged.err().contains("averages the weights"), averaged.err());
    Run jumping =
        train("relora", "--set=schedule.name=cosine_with_restarts", "--set=schedule.cycles=3");
    assertTrue(jumping.err().contains("begins anew after step"), jumping.err());
  }

  @Test
  void textsRestartAndResume() throws IOException {
    Path data = folder.resolve("words.jsonl");
    Files.writeString(data, "{\"text\": \"The cat sat on the mat.\"}\n".repeat(6));
    for (String method : List.of("relora:restarts=1", "rank-growth:patience=1,threshold=0.9")) {
      Path out = folder.resolve(method.substring(0, 6));
      List<Object> words =
          new ArrayList<>(
              List.of(
                  "text",
                  "train",
                  "--data=" + data,
                  "-o",
                  out,
                  "--base=" + TinyLm.folder(),
                  "--method=" + method,
                  "--rank=4",
                  "--steps=" + STEPS,
                  "--batch=1",
                  "--max-length=16",
                  "--held-out=0.2",
                  "--validate-every=2",
                  "--save-every=4",
                  "--json"));
      Run run = Run.of(words.toArray());
      assertEquals(0, run.code(), run.err());
      assertTrue(run.err().contains("directions"), run.err());
      assertTrue(run.err().contains("are trained now"), run.err());
      String identity = run.json().get("identity").getAsString();
      Files.delete(folder.resolve(out.getFileName() + ".run/checkpoints/step-000008.safetensors"));
      Files.delete(out.resolve("adapter_model.safetensors"));
      Files.delete(out.resolve("adapter_config.json"));
      words.add("--resume");
      Run resumed = Run.of(words.toArray());
      assertEquals(0, resumed.code(), resumed.err());
      assertTrue(resumed.err().contains("Going on after step 4"), resumed.err());
      assertEquals(identity, resumed.json().get("identity").getAsString());
    }
  }
}
