package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Run;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code text align distill} on the bundled model. */
class TextTeacherTest {
  @TempDir private Path folder;
  private Path data = Path.of("");

  @BeforeEach
  void places() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String who : List.of("The captain", "The whale", "Ishmael", "The mate", "Queequeg")) {
      lines.append("{\"prompt\": \"%s\"}%n".formatted(who));
    }
    data = Files.writeString(folder.resolve("prompts.jsonl"), lines);
  }

  private Run align(Object... words) {
    List<Object> all = new ArrayList<>(List.of("text", "align", "distill", "--data", data));
    all.addAll(List.of("-o", folder.resolve("student"), "--rank=4", "--seed=1"));
    all.addAll(List.of(words));
    return Run.of(all.toArray());
  }

  private Path adapter() throws IOException {
    Path texts =
        Files.writeString(
            folder.resolve("texts.txt"), "The whale sings a song of tea. ".repeat(60));
    Path out = folder.resolve("sings");
    Run run =
        Run.of(
            "text",
            "train",
            "--data",
            texts,
            "--pack",
            "--max-length=32",
            "-o",
            out,
            "--rank=4",
            "--steps=20",
            "--batch=2",
            "--lr=1e-2");
    assertEquals(0, run.code(), run.err());
    return out;
  }

  @Test
  void studentLearnsFromAnAdapterOfItsBase() throws IOException {
    Path teacher = adapter();
    Run run =
        align(
            "--teacher-lora=" + teacher,
            "--steps=12",
            "--batch=4",
            "--max-new-tokens=8",
            "--lr=1e-2",
            "--held-out=0.2",
            "--validate-every=6",
            "--show-every=1",
            "--json");
    assertEquals(0, run.code(), run.err());
    JsonObject told = JsonParser.parseString(run.out()).getAsJsonObject();
    double before = told.getAsJsonObject("untrained").get("divergence").getAsDouble();
    double after = told.getAsJsonObject("heldOut").get("divergence").getAsDouble();
    assertTrue(after < 0.8 * before, before + " to " + after);
    assertTrue(run.err().contains("Its teacher is the base with sings"), run.err());
    assertTrue(run.err().contains("completion: "), run.err());
    List<String> written = Files.readAllLines(folder.resolve("student.run/completions.jsonl"));
    assertEquals(12 * 4, written.size());
    JsonObject first = JsonParser.parseString(written.get(0)).getAsJsonObject();
    assertTrue(first.has("completion") && !first.has("rewards") && !first.has("advantage"));
    String table = Files.readAllLines(folder.resolve("student.run/measures.csv")).get(0);
    assertTrue(table.contains("validation/divergence"), table);
  }

  /** As with a larger model of the same tokens: another folder is another model. */
  @Test
  void teacherMayBeAModelOfItsOwn() throws IOException {
    Path teacher = adapter();
    Path merged = folder.resolve("merged");
    assertEquals(0, Run.of("text", "merge", "--lora", teacher, "-o", merged).code());
    Run run =
        align(
            "--teacher=" + merged,
            "--steps=1",
            "--batch=2",
            "--max-new-tokens=4",
            "--held-out=0",
            "--beta=0");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("Loaded merged"), run.err());
    assertTrue(run.err().contains("Its teacher is " + merged), run.err());
  }

  @Test
  void mistakesAreNamedBeforeAModelIsLoaded() {
    Run none = align();
    assertEquals(2, none.code());
    assertTrue(none.err().contains("distill needs a teacher"), none.err());
    for (String option :
        List.of("--loss=sigmoid", "--reward=ended", "--precompute-reference", "--keep-best")) {
      Run run = align("--teacher-lora=x", option);
      assertEquals(2, run.code(), option);
      String name = option.replaceFirst("=.*", "");
      assertTrue(run.err().contains(name + " does not go with distill"), run.err());
    }
    Run missing = align("--teacher=" + folder.resolve("nothing"));
    assertFalse(missing.code() == 0);
    assertTrue(missing.err().contains("nothing"), missing.err());
    assertFalse(missing.err().contains("Loaded"), missing.err());
    Run beta = align("--teacher=" + TinyLm.folder(), "--beta=2");
    assertTrue(beta.err().contains("beta must be from 0 to 1"), beta.err());
    Run dpo =
        Run.of("text", "align", "dpo", "--data", data, "-o", folder.resolve("x"), "--teacher=y");
    assertTrue(dpo.err().contains("--teacher does not go with dpo"), dpo.err());
  }
}
