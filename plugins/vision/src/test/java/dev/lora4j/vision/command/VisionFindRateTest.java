package dev.lora4j.vision.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.vision.Goldens;
import dev.lora4j.vision.MadePictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short trainings on pictures find a rate, and leave what is there as it is. */
class VisionFindRateTest {
  private static final String BASIC = Goldens.model("basic").toString();

  @TempDir private Path folder = Path.of("");
  private Path data = Path.of("");

  @BeforeEach
  void make() throws IOException {
    data = MadePictures.stripes(folder.resolve("data"), 10);
  }

  private Ran train(Path out, String... more) {
    List<String> words = new ArrayList<>(List.of("train", "--base", BASIC, "--size", "48"));
    words.addAll(List.of("--data", data.toString(), "-o", out.toString(), "--batch", "4"));
    words.addAll(List.of(more));
    return Ran.of(words.toArray(String[]::new));
  }

  private JsonObject find(Path out, String... more) {
    List<String> words = new ArrayList<>(List.of("--find-rate", "--json"));
    words.addAll(List.of(more));
    Ran ran = train(out, words.toArray(String[]::new)).requireDone();
    return JsonParser.parseString(ran.out()).getAsJsonObject();
  }

  private static List<JsonObject> trials(JsonObject found) {
    List<JsonObject> all = new ArrayList<>();
    for (JsonElement trial : found.getAsJsonArray("trials")) {
      all.add(trial.getAsJsonObject());
    }
    return all;
  }

  @Test
  void ratesAndAlphasAreTriedAndTheBestIsTold() throws IOException {
    Path out = folder.resolve("mine");
    JsonObject found = find(out, "--find-steps=8", "--lr=5e-3");
    assertEquals("validation", found.get("measure").getAsString());
    Set<Double> alphas = new HashSet<>();
    Map<Double, Double> scores = new TreeMap<>();
    for (JsonObject trial : trials(found)) {
      alphas.add(trial.get("alpha").getAsDouble());
      if (trial.has("score")) {
        scores.merge(trial.get("rate").getAsDouble(), trial.get("score").getAsDouble(), Math::min);
        assertEquals(8, trial.getAsJsonArray("losses").size());
      }
    }
    assertEquals(7, trials(found).size());
    assertEquals(Set.of(2.0, 4.0, 8.0), alphas);
    assertTrue(scores.size() > 2, scores + "");
    double least = scores.values().stream().mapToDouble(s -> s).min().orElseThrow();
    double best =
        scores.entrySet().stream()
            .filter(e -> e.getValue() <= 1.01 * least)
            .mapToDouble(Map.Entry::getKey)
            .min()
            .orElseThrow();
    assertEquals(best, found.get("lr").getAsDouble());
    // The slowest learns least of stripes that any of them tells apart.
    assertNotEquals(5e-4, best);
    Path chart = folder.resolve("mine.run").resolve("rates.png");
    assertEquals(chart, Path.of(found.get("chart").getAsString()));
    assertTrue(ImageIO.read(chart.toFile()).getWidth() > 100);
    assertFalse(Files.exists(out));
  }

  /** A first step has the loss that a training begins with, whatever the rate. */
  @Test
  void trialsSeeThePicturesOfTheRun() {
    Path out = folder.resolve("same");
    Set<Double> first = new HashSet<>();
    for (JsonObject trial : trials(find(out, "--find-steps=1"))) {
      first.add(trial.getAsJsonArray("losses").get(0).getAsDouble());
    }
    assertEquals(1, first.size(), first + "");
    Ran trained = train(out, "--steps=1", "--json").requireDone();
    JsonObject told = JsonParser.parseString(trained.out()).getAsJsonObject();
    assertEquals(first.iterator().next(), told.get("firstLoss").getAsDouble(), 1e-6);
  }

  @Test
  void theSeedGivesTheSameTrials() {
    JsonObject once = find(folder.resolve("once"), "--find-steps=3", "--seed=7");
    JsonObject again = find(folder.resolve("again"), "--find-steps=3", "--seed=7");
    assertEquals(once.get("trials"), again.get("trials"));
    assertEquals(once.get("lr"), again.get("lr"));
    JsonObject other = find(folder.resolve("other"), "--find-steps=3", "--seed=8");
    assertNotEquals(once.get("trials"), other.get("trials"));
  }

  @Test
  void whatIsThereStaysAsItIs() throws IOException {
    Path out = folder.resolve("there");
    train(out, "--steps=2").requireDone();
    Path file = out.resolve("adapter_model.safetensors");
    byte[] before = Files.readAllBytes(file);
    Ran ran = train(out, "--find-rate", "--find-steps=1", "--held-out=0").requireDone();
    assertTrue(ran.out().contains("few pictures make uncertain; --held-out"), ran.out());
    assertTrue(ran.out().contains("Train with --lr "), ran.out());
    assertFalse(ran.err().contains("To use it"), ran.err());
    assertArrayEquals(before, Files.readAllBytes(file));
    JsonObject further =
        find(folder.resolve("further"), "--from", out.toString(), "--find-steps=1");
    assertEquals(5, trials(further).size(), "its alphas are the file's");
    JsonObject head = find(folder.resolve("head.safetensors"), "--frozen", "--find-steps=1");
    assertEquals(5, trials(head).size(), "a head has no alpha");
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    Path out = folder.resolve("refused");
    train(out, "--find-rate", "--optimizer=prodigy").requireRefused("finds its rate itself");
    train(out, "--find-rate", "--resume").requireRefused("--resume does not go with --find-rate");
    train(out, "--find-rate", "--overwrite").requireRefused("--overwrite does not go with");
    train(out, "--find-rate", "--find-steps=0").requireRefused("at least 1, found 0");
    train(out, "--find-steps=3").requireRefused("does nothing without --find-rate");
    train(out, "--find-rate", "--lr=0").requireRefused("0");
    assertFalse(Files.exists(out));
  }
}
