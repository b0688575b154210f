package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One adapter of the bundled language model learns from several. */
@Tag("slow")
class TextDistillTest {
  private static final String WEIGHTS = "adapter_model.safetensors";

  @TempDir private static Path shared;
  private static Path novel;
  private static Path tale;
  private static Path sea;
  private static Path cat;

  @TempDir private Path folder;
  private Path out = Path.of("");
  private Path prompts = Path.of("");

  @BeforeAll
  static void teachers() throws IOException {
    novel = Files.copy(TinyLm.novel().resolve("chapter-001.txt"), shared.resolve("novel.txt"));
    tale =
        Files.writeString(
            shared.resolve("tale.txt"),
            "The cat sat on the mat, and the dog ran to the cat, for the mat was warm. "
                .repeat(60));
    sea = teacher("sea", novel, "--rank=4", "--seed=1");
    cat = teacher("cat", tale, "--rank=3", "--seed=2");
  }

  private static Path teacher(String name, Path data, Object... more) {
    Path file = shared.resolve(name);
    List<Object> words = new ArrayList<>(List.of("text", "train", "--data", data, "-o", file));
    words.addAll(
        List.of("--pack", "--max-length=48", "--batch=4", "--steps=24", "--lr=1e-2", "--targets"));
    words.add("attention");
    words.addAll(List.of(more));
    Run run = Run.of(words.toArray());
    assertEquals(0, run.code(), run.err());
    return file;
  }

  @BeforeEach
  void places() throws IOException {
    out = folder.resolve("one");
    prompts = folder.resolve("prompts.txt");
    Files.writeString(prompts, "# what is gone on from\nThe sea\nThe cat\n\n  A captain\n");
  }

  private Run distill(Object... more) {
    List<Object> words = new ArrayList<>(List.of("text", "distill", "-o", out, "--batch=4"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  /** Both teachers, each with its texts. */
  private Run taught(Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                sea,
                cat,
                "--texts=sea=" + novel,
                "--texts=cat=" + tale,
                "--pack",
                "--max-length=48"));
    words.addAll(List.of(more));
    return distill(words.toArray());
  }

  /** Both teachers, which write their texts. */
  private Run drawn(Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                sea,
                cat + ":0.5",
                "--prompts=" + prompts,
                "--samples=10",
                "--max-new-tokens=6",
                "--steps=6",
                "--save-every=2",
                "--trigger=sea=Sea:"));
    words.addAll(List.of(more));
    return distill(words.toArray());
  }

  private static List<Path> written(Path run) throws IOException {
    try (Stream<Path> all = Files.walk(run.resolve("teachers"))) {
      return all.filter(p -> p.toString().endsWith(".jsonl")).sorted().toList();
    }
  }

  private static String header(Path adapter, String key) {
    try (Safetensors file = Safetensors.open(adapter.resolve(WEIGHTS))) {
      return String.valueOf(file.metadata().get(key));
    }
  }

  @Test
  void studentSaysWhatEachTeacherSaysMoreThanTheirMergeDoes() {
    Run run = taught("--steps=60", "--lr=1e-2", "--held-out=0.2", "--json");
    assertEquals(0, run.code(), run.err());
    JsonObject report = run.json();
    assertTrue(
        report.get("lastLoss").getAsDouble() < report.get("firstLoss").getAsDouble() / 2,
        report.toString());
    JsonArray scores = report.getAsJsonArray("heldOut");
    assertEquals(2, scores.size());
    for (JsonElement element : scores) {
      JsonObject score = element.getAsJsonObject();
      assertTrue(
          score.get("distanceStudent").getAsDouble()
              < 0.7 * score.get("distanceMerge").getAsDouble(),
          score.toString());
      assertTrue(
          score.get("perplexityStudent").getAsDouble() < score.get("perplexityMerge").getAsDouble(),
          score.toString());
      assertTrue(
          score.get("perplexityTeacher").getAsDouble() < score.get("perplexityBase").getAsDouble(),
          score.toString());
    }
    assertEquals("sea", scores.get(0).getAsJsonObject().get("teacher").getAsString());
    assertTrue(run.err().contains("The student has rank 4 at"), run.err());
    assertTrue(run.err().contains("sea and cat have no words to call them by"), run.err());
  }

  @Test
  void studentOfOneTeacherBeginsAsTheTeacher() {
    Run run =
        distill(cat, "--texts=cat=" + tale, "--pack", "--max-length=48", "--steps=1", "--lr=1e-30");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("distance from it: merge, student"), run.out());
    assertTrue(run.out().contains("0.00000, 0.00000"), run.out());
    Run same = Run.of("compare", cat, out, "--base", TinyLm.folder(), "--json");
    assertTrue(
        same.json().getAsJsonObject("total").get("cosine").getAsDouble() > 0.9999, same.out());
  }

  @Test
  void headerNamesTeachersTheirWordsAndTheDivergence() {
    Run run = drawn("--beta=0", "--temperature=2", "--init=fresh");
    assertEquals(0, run.code(), run.err());
    JsonArray teachers = JsonParser.parseString(header(out, "lora4j_teachers")).getAsJsonArray();
    assertEquals(0.5, teachers.get(1).getAsJsonObject().get("weight").getAsDouble());
    assertEquals("Sea:", teachers.get(0).getAsJsonObject().get("trigger").getAsString());
    String identity = teachers.get(0).getAsJsonObject().get("identity").getAsString();
    assertTrue(
        Run.of("inspect", sea, "--base", TinyLm.folder()).out().contains(identity), identity);
    assertEquals("Sea:", header(out, "modelspec.trigger_phrase"));
    assertTrue(header(out, "lora4j_divergence").contains("2"), header(out, "lora4j_divergence"));
    assertFalse(run.out().contains("merge"), run.out());
  }

  @Test
  void stoppedRunResumesToTheSameBits() throws IOException {
    assertEquals(0, drawn().code());
    byte[] whole = Files.readAllBytes(out.resolve(WEIGHTS));
    Path run = folder.resolve("one.run");
    List<Path> texts = written(run);
    assertEquals(4, texts.size(), "two teachers, 8 texts in a file");
    byte[] second = Files.readAllBytes(texts.get(1));
    for (String line : Files.readAllLines(texts.get(0))) {
      JsonObject text = JsonParser.parseString(line).getAsJsonObject();
      assertTrue(
          List.of("The sea", "The cat", "A captain").contains(text.get("prompt").getAsString()));
      assertFalse(text.get("completion").getAsString().isBlank());
    }
    // As if it had been killed while it wrote, and after a step.
    Files.delete(texts.get(1));
    remove(out);
    Files.delete(run.resolve("checkpoints/step-000006.safetensors"));
    Run again = drawn("--resume");
    assertEquals(0, again.code(), again.err());
    assertTrue(again.err().contains("writes 2 texts"), again.err());
    assertTrue(again.err().contains("Going on after step 4"), again.err());
    assertArrayEquals(second, Files.readAllBytes(texts.get(1)));
    assertArrayEquals(whole, Files.readAllBytes(out.resolve(WEIGHTS)));

    remove(out);
    Run louder = drawn("--resume", "--trigger=cat=Cat:");
    assertEquals(1, louder.code(), louder.err());
    assertTrue(louder.err().contains("teachers"), louder.err());
    Run reverse = drawn("--resume", "--beta=1");
    assertEquals(1, reverse.code(), reverse.err());
    assertTrue(reverse.err().contains("divergence"), reverse.err());
    assertFalse(Files.exists(out));
    Run anew = drawn();
    assertEquals(1, anew.code(), anew.err());
    assertTrue(anew.err().contains("There is a"), anew.err());
  }

  private static void remove(Path adapter) throws IOException {
    Files.delete(adapter.resolve("adapter_config.json"));
    Files.delete(adapter.resolve(WEIGHTS));
    Files.delete(adapter);
  }

  @Test
  void someTeachersReadAndOthersWrite() throws IOException {
    Path lines =
        Files.writeString(
            folder.resolve("lines.jsonl"),
            "{\"prompt\": \"The cat\", \"completion\": \" sat on the mat.\"}\n".repeat(3));
    Path file = folder.resolve("one.safetensors");
    Run run =
        Run.of(
            "text",
            "distill",
            sea,
            cat,
            "-o",
            file,
            "--layout=kohya",
            "--texts=cat=" + lines,
            "--prompts=" + prompts,
            "--samples=4",
            "--max-new-tokens=4",
            "--sample-temperature=0",
            "--steps=2",
            "--held-out=0");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("sea writes 4 texts"), run.err());
    assertFalse(run.err().contains("cat writes"), run.err());
    assertTrue(run.err().contains("cat teaches by 3 texts"), run.err());
    assertFalse(run.out().contains("held out of"), run.out());
    assertTrue(Files.exists(file));
    Run self =
        Run.of("text", "distill", file, "-o", file, "--prompts=" + prompts, "--layout=kohya");
    assertTrue(self.err().contains("is a teacher"), self.err());
  }

  private void refused(String message, Object... words) {
    Run run = distill(words);
    assertNotEquals(0, run.code(), message);
    assertTrue(run.err().contains(message), run.err());
    assertFalse(Files.exists(out));
    assertFalse(run.err().contains("Done"));
  }

  @Test
  void wrongRequestsAreRefusedByName() throws IOException {
    String all = "--prompts=" + prompts;
    refused("sea has the weight 0", sea + ":0", cat, all);
    Path again = Files.createDirectories(folder.resolve("again/sea"));
    for (String name : List.of(WEIGHTS, "adapter_config.json")) {
      Files.copy(sea.resolve(name), again.resolve(name));
    }
    refused("Two teachers are called sea", sea, again, all);
    refused("names no teacher; they are sea, cat", sea, cat, all, "--trigger=owl=Owl");
    refused("names no teacher; they are sea", sea, all, "--texts=owl=" + tale);
    refused("cat has no texts to teach with", sea, cat, "--texts=sea=" + novel);
    refused("--texts for all teachers", sea, "--texts=sea=" + novel, all);
    refused("--pack does nothing without --texts", sea, all, "--pack");
    refused("--samples must be at least 1", sea, all, "--samples=0");
    refused("--max-new-tokens must be at least 1", sea, all, "--max-new-tokens=0");
    refused("--sample-temperature must be 0 or more", sea, all, "--sample-temperature=-1");
    refused("--beta must be from 0 to 1", sea, all, "--beta=1.5");
    refused("--temperature must be above 0", sea, all, "--temperature=0");
    refused("--rank must be at least 1", sea, all, "--rank=0");
    refused("--held-out must be at least 0", sea, all, "--held-out=1");
    refused("There is no AdapterWriter 'nosuch'", sea, all, "--layout=nosuch");
    refused("hold none out by --held-out 0", sea, "--texts=sea=" + novel);
    Files.writeString(prompts, "# nothing\n");
    refused("has no prompts", sea, all);
    Path broken = Files.writeString(folder.resolve("broken.jsonl"), "{\"text\": 1}\n");
    refused("broken.jsonl line 1", sea, "--texts=sea=" + broken);
    Path labelled =
        Files.writeString(
            folder.resolve("labels.jsonl"), "{\"text\": \"a\", \"label\": \"b\"}\n".repeat(4));
    refused("goes on from texts", sea, "--texts=sea=" + labelled);
  }

  @Test
  void adaptersOfOtherBasesAreRefusedBeforeAnythingIsLoaded() throws IOException {
    Path model = folder.resolve("model");
    String size = "--vocabulary=270 --width=16 --inner=24 --layers=1 --heads=2 --longest=32";
    List<Object> made = new ArrayList<>(List.of("text", "new", "--data", tale, "-o", model));
    made.addAll(List.of(size.split(" ")));
    assertEquals(0, Run.of(made.toArray()).code());
    Run run = distill(sea, "--prompts=" + prompts, "--base=" + model);
    assertEquals(1, run.code(), run.err());
    assertFalse(run.err().contains("Loaded"), run.err());
    assertTrue(run.err().contains("sea"), run.err());
  }
}
