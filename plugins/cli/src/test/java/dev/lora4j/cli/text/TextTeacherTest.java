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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code text align distill} on the bundled model. */
@Tag("slow")
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

  /** Other answers than its own are the data's or the teacher's, in the share that is asked for. */
  @Test
  void studentLearnsAnswersOfOthers() throws IOException {
    Path teacher = adapter();
    StringBuilder lines = new StringBuilder();
    for (String who : List.of("The captain", "The whale", "Ishmael", "The mate", "Queequeg")) {
      lines.append("{\"prompt\": \"%s\", \"completion\": \" sings of tea.\"}%n".formatted(who));
    }
    data = Files.writeString(folder.resolve("answers.jsonl"), lines);
    Run run =
        align(
            "--teacher-lora=" + teacher,
            "--lmbda=0.5",
            "--steps=12",
            "--batch=2",
            "--max-new-tokens=8",
            "--held-out=0.2",
            "--lr=1e-2");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("It writes 50 % of the batches itself"), run.err());
    List<String> table = Files.readAllLines(folder.resolve("student.run/measures.csv"));
    assertTrue(table.get(0).startsWith("step,on_policy,completions/mean_length"), table.get(0));
    List<String> shares = table.stream().skip(1).map(row -> row.split(",", -1)[1]).toList();
    assertTrue(shares.contains("0.0") && shares.contains("1.0"), shares.toString());
    List<String> written = Files.readAllLines(folder.resolve("student.run/completions.jsonl"));
    assertEquals(2 * shares.stream().filter("1.0"::equals).count(), written.size());
    Run taught =
        align(
            "--teacher-lora=" + teacher,
            "--on-policy=0",
            "--teacher-writes",
            "--overwrite",
            "--steps=1",
            "--max-new-tokens=4",
            "--held-out=0");
    assertEquals(0, taught.code(), taught.err());
    assertTrue(taught.err().contains("each token of what the teacher writes"), taught.err());
    Run cut =
        align(
            "--teacher-lora=" + teacher,
            "--on-policy=0",
            "--overwrite",
            "--steps=1",
            "--max-length=8",
            "--held-out=0");
    assertEquals(0, cut.code(), cut.err());
    assertTrue(cut.err().contains("completions are cut at 8 tokens"), cut.err());
  }

  @Test
  void sharesThatDoNothingAreRefused() throws IOException {
    Path teacher = adapter();
    Run missing = align("--teacher-lora=" + teacher, "--on-policy=0.5");
    assertEquals(1, missing.code(), missing.err());
    assertTrue(missing.err().contains("line 5 has no 'completion'"), missing.err());
    assertFalse(missing.err().contains("Loaded"), missing.err());
    assertRefused("--on-policy is from 0 to 1", "--on-policy=1.5");
    assertRefused("--teacher-writes does nothing", "--teacher-writes");
    assertRefused("--show-every does not go with --on-policy 0", "--on-policy=0", "--show-every=1");
    assertRefused("--max-length does not go with distill", "--max-length=9");
    assertRefused(
        "--top-k does not go with --on-policy 0 and --held-out 0",
        "--on-policy=0",
        "--held-out=0",
        "--top-k=3");
    Run dpo =
        Run.of("text", "align", "dpo", "--data", data, "-o", folder.resolve("x"), "--on-policy=0");
    assertTrue(dpo.err().contains("--on-policy does not go with dpo"), dpo.err());
  }

  private void assertRefused(String message, String... options) {
    List<String> all = new ArrayList<>(List.of("--teacher-lora=x"));
    all.addAll(List.of(options));
    Run run = align(all.toArray());
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(message), run.err());
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
