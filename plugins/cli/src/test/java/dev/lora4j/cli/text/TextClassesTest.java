package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes of texts by commands, on a small encoder without a head. */
class TextClassesTest {
  private static final Path MODEL = Path.of("../../lora-text/src/test/resources/models/bert-plain");

  @TempDir private Path folder;
  private String base = "";
  private Path data = Path.of("");

  @BeforeEach
  void write() throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(MODEL.resolve(file), model.resolve(file));
    }
    Tokenizers.words(model);
    base = "--base=" + model;
    data =
        Files.writeString(
            folder.resolve("data.jsonl"),
            """
            {"text": "red fox", "label": "warm"}
            {"text": "blue fox", "label": "cold"}
            {"text": "fox fox red", "label": "warm"}
            {"text": "fox fox blue", "label": "cold"}
            {"text": "red", "label": "warm"}
            {"text": "blue", "label": "cold"}
            """);
  }

  private static final String OTHERS =
      """
      {"text": "red fox", "label": "bright"}
      {"text": "blue fox", "label": "dark"}
      {"text": "red", "label": "bright"}
      {"text": "blue", "label": "dark"}
      """;

  private Run train(Path out, Object... more) {
    List<Object> all =
        new ArrayList<>(List.of("text", "train", base, "--data=" + data, "-o", out, "--steps=60"));
    all.addAll(List.of("--batch=3", "--rank=4", "--rate=5e-3", "--json"));
    all.addAll(List.of(more));
    return Run.of(all.toArray());
  }

  @Test
  void dropoutIsByChanceOfTheSeed() {
    String plain = train(folder.resolve("plain")).json().get("identity").getAsString();
    String some =
        train(folder.resolve("some"), "--dropout=0.3").json().get("identity").getAsString();
    Run again = train(folder.resolve("again"), "--dropout=0.3");
    assertEquals(some, again.json().get("identity").getAsString(), again.err());
    assertNotEquals(plain, some);
    Run refused = train(folder.resolve("x"), "--dropout=1");
    assertEquals(2, refused.code(), refused.err());
    assertTrue(refused.err().contains("below 1, found 1.0"), refused.err());
  }

  /** The head is gone on with as well, and knows its own classes alone. */
  @Test
  void adapterWithItsHeadIsTrainedFurther() throws IOException {
    Path old = folder.resolve("old");
    JsonObject first = train(old).json();
    Run further =
        Run.of(
            "text",
            "train",
            base,
            "--data=" + data,
            "-o",
            folder.resolve("further"),
            "--from=" + old,
            "--steps=2",
            "--rate=1e-30",
            "--json");
    assertEquals(0, further.code(), further.err());
    assertTrue(further.err().contains("most of rank 4."), further.err());
    assertEquals(first.get("identity"), further.json().get("identity"));
    Path others =
        Files.writeString(
            folder.resolve("others.jsonl"),
            """
            {"text": "red fox", "label": "warm"}
            {"text": "fox", "label": "mild"}
            """);
    Run refused =
        Run.of(
            "text", "train", base, "--data=" + others, "-o", folder.resolve("x"), "--from=" + old);
    assertEquals(1, refused.code(), refused.err());
    assertTrue(
        refused.err().contains("tells cold, warm apart, but there are texts of mild"),
        refused.err());
  }

  @Test
  void trainedClassifierIsEvaluatedAndUsed() {
    Path out = folder.resolve("mine");
    Run trained = train(out);
    assertEquals(0, trained.code(), trained.err());
    Run scored = Run.of("text", "evaluate", base, "--data=" + data, "--lora=" + out, "--json");
    assertEquals(0, scored.code(), scored.err());
    JsonObject adapters = scored.json().getAsJsonObject("adapters");
    assertEquals(6, adapters.get("texts").getAsInt());
    assertEquals(1, adapters.get("accuracy").getAsDouble(), scored.out());
    assertFalse(scored.json().has("base"), scored.out());
    Run told = Run.of("text", "classify", "red fox", "blue", base, "--lora=" + out, "--json");
    assertEquals(0, told.code(), told.err());
    JsonObject first = told.json().getAsJsonArray("texts").get(0).getAsJsonObject();
    assertEquals("warm", first.get("label").getAsString());
    JsonObject each = first.getAsJsonObject("probabilities");
    assertEquals(1, each.get("warm").getAsDouble() + each.get("cold").getAsDouble(), 1e-9);
    Run lines = Run.of("text", "classify", "blue", base, "--lora=" + out);
    assertTrue(lines.out().matches("cold {2}0\\.\\d{4} {2}blue\\R"), lines.out());
  }

  /** Two halves of one head are that head, where in turn the second would undo the first. */
  @Test
  void headsForTheSameClassesAreBlended() throws IOException {
    Path one = folder.resolve("one.safetensors");
    String[] head = {"--targets=none", "--layout=kohya"};
    assertEquals(0, train(one, head[0], head[1]).code());
    Path two = Files.copy(one, folder.resolve("two.safetensors"));
    double both = score("--lora=" + one + ":0.5", "--lora=" + two + ":0.5");
    assertEquals(score("--lora=" + one), both, 1e-4);
    Run told = Run.of("text", "classify", "red", base, "--lora=" + one, "--lora=" + two);
    assertTrue(told.err().contains("Several adapters bring the same head"), told.err());
    Run alone = Run.of("text", "classify", "red", base, "--lora=" + one);
    assertFalse(alone.err().contains("the same head"), alone.err());
    data = Files.writeString(folder.resolve("c.jsonl"), OTHERS);
    Path other = folder.resolve("other.safetensors");
    assertEquals(0, train(other, head[0], head[1]).code());
    Run refused =
        Run.of("text", "classify", "red", base, "--lora=" + one, "--lora=" + other + ":0.5");
    assertEquals(1, refused.code(), refused.out());
    assertTrue(refused.err().contains("one for bright, dark. Adapters are"), refused.err());
  }

  private double score(Object... loras) {
    List<Object> all = new ArrayList<>(List.of("text", "classify", "red fox", base, "--json"));
    all.addAll(List.of(loras));
    Run run = Run.of(all.toArray());
    assertEquals(0, run.code(), run.err());
    JsonObject text = run.json().getAsJsonArray("texts").get(0).getAsJsonObject();
    JsonObject each = text.getAsJsonObject("probabilities");
    return Math.log(each.get("warm").getAsDouble() / each.get("cold").getAsDouble());
  }

  @Test
  void headAloneIsTrainedInTheKohyaLayout() {
    Path out = folder.resolve("head.safetensors");
    Run trained = train(out, "--targets=none", "--layout=kohya", "--held-out=0.34");
    assertEquals(0, trained.code(), trained.err());
    assertEquals(2, trained.json().get("layers").getAsInt());
    assertEquals(2, trained.json().getAsJsonObject("heldOut").get("texts").getAsInt());
    Run told = Run.of("text", "classify", "red", "blue", base, "--lora=" + out);
    assertEquals(0, told.code(), told.err());
    assertTrue(told.out().matches("(warm|cold) {2}0\\.\\d{4} {2}red\\R.*\\R"), told.out());
  }

  @Test
  void layoutWithoutTheFormIsRefusedBeforeTraining() {
    Run run = train(folder.resolve("head"), "--targets=none");
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains("--layout kohya"), run.err());
    assertFalse(Files.exists(folder.resolve("head.run")), run.err());
    Run full = train(folder.resolve("full"), "--method=full");
    assertEquals(1, full.code(), full.err());
    assertTrue(full.err().contains("PEFT's layout has no form for it"), full.err());
    assertTrue(full.err().contains("--layout transformers"), full.err());
    assertFalse(Files.exists(folder.resolve("full.run")), full.err());
  }

  /** All of it is taught, and is then a base that needs no adapter. */
  @Test
  void fullModelIsWrittenWithItsClasses() {
    Path out = folder.resolve("whole");
    Run trained = train(out, "--method=full", "--targets=*", "--layout=transformers");
    assertEquals(0, trained.code(), trained.err());
    assertClassifies(out);
  }

  @Test
  void adapterAndHeadAreMergedIntoTheModel() {
    Path adapter = folder.resolve("mine");
    assertEquals(0, train(adapter).code());
    Path out = folder.resolve("merged");
    Run merged = Run.of("text", "merge", base, "--lora=" + adapter, "-o", out, "--precision=f32");
    assertEquals(0, merged.code(), merged.err());
    assertClassifies(out);
  }

  private void assertClassifies(Path model) {
    Run scored = Run.of("text", "evaluate", "--base=" + model, "--data=" + data);
    assertEquals(0, scored.code(), scored.err());
    assertTrue(scored.out().startsWith("base alone  accuracy 1.0000, "), scored.out());
    Run told = Run.of("text", "classify", "blue", "--base=" + model);
    assertTrue(told.out().matches("cold {2}0\\.\\d{4} {2}blue\\R"), told.out() + told.err());
  }

  @Test
  void singleClassIsRefused() throws IOException {
    Files.writeString(data, "{\"text\": \"red\", \"label\": \"warm\"}\n".repeat(3));
    Run run = train(folder.resolve("one"));
    assertEquals(1, run.code());
    assertTrue(run.err().contains("All texts have the class 'warm'"), run.err());
  }

  /** The base's head has a third class, which these texts do not show. */
  @Test
  void trainingOnSomeClassesKeepsTheBaseHead() throws IOException {
    Path model = Files.createDirectories(folder.resolve("three"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(MODEL.resolveSibling("bert").resolve(file), model.resolve(file));
    }
    Tokenizers.words(model);
    base = "--base=" + model;
    String lines = Files.readString(data);
    Files.writeString(data, lines.replace("warm", "good").replace("cold", "bad"));
    Path out = folder.resolve("mine");
    Run trained = train(out, "--held-out=0.34");
    assertEquals(0, trained.code(), trained.err());
    assertTrue(trained.err().contains("Classes: good, bad, neither."), trained.err());
    assertFalse(trained.err().contains("starts from chance"), trained.err());
    Run told = Run.of("text", "classify", "red fox", base, "--lora=" + out, "--json");
    assertEquals(0, told.code(), told.err());
    JsonObject first = told.json().getAsJsonArray("texts").get(0).getAsJsonObject();
    assertEquals(3, first.getAsJsonObject("probabilities").size());
  }

  @Test
  void modelWithoutHeadIsRefusedWithAdvice() {
    Run run = Run.of("text", "classify", "red", base);
    assertEquals(1, run.code());
    assertTrue(run.err().contains("has no head that tells classes apart"), run.err());
    assertTrue(run.err().contains("text train"), run.err());
  }

  /** Two adapters whose classes differ in number; each answers as it does alone. */
  @Test
  void adaptersTellTheirOwnClassesApart() throws IOException {
    Path warmth = folder.resolve("warmth");
    train(warmth);
    Path animal = folder.resolve("animal");
    data =
        Files.writeString(
            folder.resolve("more.jsonl"),
            """
            {"text": "red", "label": "none"}
            {"text": "fox", "label": "one"}
            {"text": "fox fox", "label": "two"}
            {"text": "fox fox red", "label": "two"}
            """);
    train(animal);
    Run both =
        Run.of(
            "text",
            "classify",
            "fox fox blue",
            "red",
            base,
            "--lora",
            warmth,
            "--lora",
            animal,
            "--apart",
            "--json");
    assertEquals(0, both.code(), both.err());
    for (Path adapter : List.of(warmth, animal)) {
      var alone =
          Run.of("text", "classify", "fox fox blue", "red", base, "--lora", adapter, "--json")
              .json()
              .getAsJsonArray("texts");
      for (int i = 0; i < 2; i++) {
        JsonObject told =
            both.json()
                .getAsJsonArray("texts")
                .get(i)
                .getAsJsonObject()
                .getAsJsonObject("adapters")
                .getAsJsonObject(adapter.getFileName().toString());
        JsonObject wanted = alone.get(i).getAsJsonObject();
        assertEquals(wanted.get("label"), told.get("label"));
        assertEquals(
            wanted.get("probability").getAsDouble(), told.get("probability").getAsDouble(), 1e-5);
      }
    }
    Run lines =
        Run.of("text", "classify", "fox", base, "--lora", warmth, "--lora", animal, "--apart");
    assertTrue(lines.out().contains("\n  warmth  ") && lines.out().contains("\n  animal  "));
    Run weighted = Run.of("text", "classify", "fox", base, "--lora", warmth + ":0.5", "--apart");
    assertEquals(2, weighted.code(), weighted.err());
    assertTrue(weighted.err().contains("takes each adapter whole"), weighted.err());
    Run twice =
        Run.of("text", "classify", "fox", base, "--lora", warmth, "--lora", warmth, "--apart");
    assertTrue(twice.err().contains("have the same name"), twice.err());
    Run none = Run.of("text", "classify", "fox", base, "--apart");
    assertTrue(none.err().contains("name some with --lora"), none.err());
  }
}
