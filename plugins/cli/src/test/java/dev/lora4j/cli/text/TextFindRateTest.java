package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short trainings on texts find a rate, and leave what is there as it is. */
class TextFindRateTest {
  @TempDir private static Path folder;

  private static Path book;
  private static Path model;

  @BeforeAll
  static void model() throws IOException {
    String line = "{\"text\": \"" + "The cat sat on the mat. ".repeat(3) + "\"}\n";
    book = Files.writeString(folder.resolve("book.jsonl"), line.repeat(20));
    model = folder.resolve("model");
    String size = "--vocabulary=270 --width=16 --inner=24 --layers=1 --heads=2 --max-length=32";
    List<Object> made = new ArrayList<>(List.of("text", "new", "--data", book, "-o", model));
    made.addAll(List.of(size.split(" ")));
    assertEquals(0, Run.of(made.toArray()).code());
  }

  private static Run train(Path out, Object... more) {
    List<Object> all = new ArrayList<>(List.of("text", "train", "--base", model, "--data", book));
    all.addAll(List.of("-o", out, "--pack", "--batch=4", "--rank=2"));
    all.addAll(List.of(more));
    return Run.of(all.toArray());
  }

  @Test
  void ratesAndAlphasAreTriedAndTheBestIsTold() throws IOException {
    Path out = folder.resolve("mine");
    Run run = train(out, "--find-rate", "--find-steps=6", "--lr=1e-2", "--held-out=0.3", "--json");
    assertEquals(0, run.code(), run.err());
    JsonObject found = run.json();
    assertEquals("validation", found.get("measure").getAsString());
    Set<Double> alphas = new HashSet<>();
    Map<Double, Double> scores = new HashMap<>();
    for (JsonElement element : found.getAsJsonArray("trials")) {
      JsonObject trial = element.getAsJsonObject();
      alphas.add(trial.get("alpha").getAsDouble());
      if (trial.has("score")) {
        double score = trial.get("score").getAsDouble();
        scores.merge(trial.get("rate").getAsDouble(), score, Math::min);
        assertEquals(6, trial.getAsJsonArray("losses").size());
      }
    }
    assertEquals(7, found.getAsJsonArray("trials").size());
    assertEquals(Set.of(1.0, 2.0, 4.0), alphas);
    assertTrue(scores.size() > 2, scores + "");
    double least = scores.values().stream().mapToDouble(s -> s).min().orElseThrow();
    double best =
        scores.entrySet().stream()
            .filter(e -> e.getValue() <= 1.01 * least)
            .mapToDouble(Map.Entry::getKey)
            .min()
            .orElseThrow();
    assertEquals(best, found.get("lr").getAsDouble());
    Path chart = folder.resolve("mine.run/rates.png");
    assertEquals(chart, Path.of(found.get("chart").getAsString()));
    assertTrue(ImageIO.read(chart.toFile()).getWidth() > 100);
    assertFalse(Files.exists(out));
  }

  /** A first step has the loss that a training begins with, whatever the rate. */
  @Test
  void trialsSeeTheTextsOfTheRun() {
    Path out = folder.resolve("same");
    JsonObject found = train(out, "--find-rate", "--find-steps=1", "--json").json();
    Set<Double> first = new HashSet<>();
    for (JsonElement trial : found.getAsJsonArray("trials")) {
      first.add(trial.getAsJsonObject().getAsJsonArray("losses").get(0).getAsDouble());
    }
    assertEquals(1, first.size(), first + "");
    Run trained = train(out, "--steps=1", "--json");
    assertEquals(0, trained.code(), trained.err());
    assertEquals(first.iterator().next(), trained.json().get("firstLoss").getAsDouble(), 1e-6);
  }

  @Test
  void whatIsThereStaysAsItIs() throws IOException {
    Path out = folder.resolve("there");
    assertEquals(0, train(out, "--steps=2").code());
    byte[] before = Files.readAllBytes(out.resolve("adapter_model.safetensors"));
    Run run = train(out, "--find-rate", "--find-steps=1");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("--held-out 0.1"), run.out());
    assertTrue(run.out().contains("Train with --lr "), run.out());
    assertArrayEquals(before, Files.readAllBytes(out.resolve("adapter_model.safetensors")));
    Run further =
        Run.of(
            "text",
            "train",
            "--base",
            model,
            "--data",
            book,
            "-o",
            folder.resolve("further"),
            "--pack",
            "--batch=4",
            "--from",
            out,
            "--find-rate",
            "--find-steps=1",
            "--json");
    assertEquals(0, further.code(), further.err());
    assertEquals(5, further.json().getAsJsonArray("trials").size(), "its alphas are the file's");
    Run whole =
        train(
            folder.resolve("whole.safetensors"),
            "--targets=none",
            "--saved=lm_head",
            "--layout=kohya",
            "--find-rate",
            "--find-steps=1",
            "--json");
    assertEquals(0, whole.code(), whole.err());
    assertEquals(5, whole.json().getAsJsonArray("trials").size(), "whole values have no alpha");
  }

  @Test
  void classesHaveARateToo() throws IOException {
    String classes =
        "{\"text\": \"one\", \"label\": \"a\"}\n{\"text\": \"two\", \"label\": \"b\"}\n";
    Path data = Files.writeString(folder.resolve("classes.jsonl"), classes.repeat(4));
    Run run =
        Run.of(
            "text",
            "train",
            "--base",
            model,
            "--data",
            data,
            "-o",
            folder.resolve("classes"),
            "--rank=2",
            "--find-rate",
            "--find-steps=2",
            "--json");
    assertEquals(0, run.code(), run.err());
    assertEquals(7, run.json().getAsJsonArray("trials").size());
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    Path out = folder.resolve("refused");
    Run itself = train(out, "--find-rate", "--optimizer=prodigy");
    assertTrue(itself.err().contains("finds its rate itself"), itself.err());
    Run going = train(out, "--find-rate", "--resume");
    assertTrue(going.err().contains("does not go with --find-rate"), going.err());
    Run none = train(out, "--find-rate", "--find-steps=0");
    assertTrue(none.err().contains("at least 1, found 0"), none.err());
    Run alone = train(out, "--find-steps=3");
    assertTrue(alone.err().contains("does nothing without --find-rate"), alone.err());
    assertFalse(Files.exists(out));
  }
}
