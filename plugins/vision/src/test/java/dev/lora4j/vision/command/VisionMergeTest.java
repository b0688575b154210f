package dev.lora4j.vision.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.vision.Goldens;
import dev.lora4j.vision.MadePictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models with a trained adapter and its head in their weights, by the command. */
class VisionMergeTest {
  @TempDir private Path folder = Path.of("");
  private Path data = Path.of("");

  @BeforeEach
  void make() throws IOException {
    data = MadePictures.stripes(folder.resolve("data"), 5);
  }

  private Path trained(String base, String name) {
    Path out = folder.resolve(name);
    Ran.of(
            "train",
            "--base",
            Goldens.model(base).toString(),
            "--data",
            data.toString(),
            "-o",
            out.toString(),
            "--size=40",
            "--steps=3",
            "--lr=1e-2")
        .requireDone();
    return out;
  }

  private static Ran merge(String base, Path lora, Path out, String... more) {
    List<String> words = new ArrayList<>(List.of("merge", "--base"));
    words.addAll(List.of(Goldens.model(base).toString(), "--lora", lora.toString()));
    words.addAll(List.of("-o", out.toString()));
    words.addAll(List.of(more));
    return Ran.of(words.toArray(String[]::new));
  }

  private Map<String, Double> probabilities(String... base) {
    List<String> words = new ArrayList<>(List.of("classify", "--json"));
    words.add(data.resolve("down").resolve("1.png").toString());
    words.addAll(List.of(base));
    JsonObject told =
        JsonParser.parseString(Ran.of(words.toArray(String[]::new)).requireDone().out())
            .getAsJsonObject();
    JsonObject found =
        told.getAsJsonArray("pictures").get(0).getAsJsonObject().getAsJsonObject("probabilities");
    assertEquals(List.of("across", "down"), List.copyOf(found.keySet()));
    return Map.of(
        "across", found.get("across").getAsDouble(), "down", found.get("down").getAsDouble());
  }

  /** The merged model needs neither adapter nor --size, and says what both said together. */
  @Test
  void theModelTellsTheClassesByItself() {
    for (String base : List.of("basic", "folder")) {
      Path lora = trained(base, "lora-" + base);
      Path out = folder.resolve(base.equals("folder") ? "model" : "model.safetensors");
      Ran ran = merge(base, lora, out).requireDone();
      assertTrue(ran.out().contains("weights changed, written in the base's types, for across"));
      String model = Goldens.model(base).toString();
      Map<String, Double> expected = probabilities("--base", model, "--lora", lora.toString());
      Map<String, Double> found = probabilities("--base", out.toString());
      expected.forEach((label, p) -> assertEquals(p, found.get(label), 1e-5, base + " " + label));
      // One more adapter of the same classes goes on it.
      Path further = folder.resolve("further-" + base);
      Ran more =
          Ran.of(
              "train",
              "--base",
              out.toString(),
              "--data",
              data.toString(),
              "-o",
              further.toString(),
              "--steps=1");
      more.requireDone();
    }
  }

  @Test
  void whatCannotBeWrittenIsRefused() throws IOException {
    Path lora = trained("basic", "lora");
    merge("basic", lora, folder.resolve("model")).requireRefused(".safetensors");
    merge("folder", lora, folder.resolve("other")).requireRefused("made for another base");
    Path full = Files.createDirectory(folder.resolve("full"));
    Files.writeString(full.resolve("mine.txt"), "mine");
    Path own = trained("folder", "own");
    merge("folder", own, full).requireRefused("is there already and not empty");
    Path copy = Files.copy(Goldens.model("basic"), folder.resolve("copy.safetensors"));
    String[] over = {"merge", "--base", copy.toString(), "-o", copy.toString()};
    Ran.of(over).requireRefused("is the base");
    assertEquals(Files.size(Goldens.model("basic")), Files.size(copy));
  }

  /** Heads are no changes that could be added up; the message says what to do instead. */
  @Test
  void adaptersWithHeadsAreNotAddedUp() throws IOException {
    // As many classes as the base has, so that its head could be meant.
    Path third = Files.createDirectory(data.resolve("other"));
    Files.copy(data.resolve("down").resolve("0.png"), third.resolve("0.png"));
    Files.copy(data.resolve("across").resolve("0.png"), third.resolve("1.png"));
    String lora = trained("basic", "lora").toString();
    Ran ran =
        Ran.program(
            "merge",
            lora + ":0.5",
            lora + ":0.5",
            "-o",
            folder.resolve("both.safetensors").toString(),
            "--base",
            Goldens.model("basic").toString());
    ran.requireRefused("use the adapters beside each other where models run (--lora for each)");
  }

  private Path head(int seed) {
    Path out = folder.resolve("head" + seed + ".safetensors");
    String[] run = {"--frozen", "--steps=3", "--lr=1e-1", "--size=40", "--seed=" + seed};
    List<String> words = new ArrayList<>(List.of("train", "--base"));
    words.addAll(List.of(Goldens.model("basic").toString(), "--data", data.toString()));
    words.addAll(List.of("-o", out.toString()));
    words.addAll(List.of(run));
    Ran.of(words.toArray(String[]::new)).requireDone();
    return out;
  }

  private double score(String... base) {
    Map<String, Double> found = probabilities(base);
    return Math.log(found.getOrDefault("down", 0.0) / found.getOrDefault("across", 0.0));
  }

  /** Half of one head and half of another have the mean of their logits, also when merged. */
  @Test
  void headsAreBlended() {
    String base = Goldens.model("basic").toString();
    String one = head(1).toString();
    String two = head(2).toString();
    double first = score("--base", base, "--lora", one);
    double second = score("--base", base, "--lora", two);
    assertTrue(Math.abs(first - second) > 1e-3, first + " " + second);
    String[] both = {"--base", base, "--lora", one + ":0.5", "--lora", two + ":0.5"};
    assertEquals((first + second) / 2, score(both), 1e-4);
    Path out = folder.resolve("both.safetensors");
    merge("basic", Path.of(one + ":0.5"), out, "--lora", two + ":0.5").requireDone();
    assertEquals((first + second) / 2, score("--base", out.toString()), 1e-4);
  }
}
