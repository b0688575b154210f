package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

/** Sentence encoders by commands, on a small encoder from chance. */
class TextEmbeddingTest {
  private static final Path MODEL = Path.of("../../lora-text/src/test/resources/models/bert-plain");

  @TempDir private Path folder;
  private String base = "";
  private Path data = Path.of("");

  @BeforeEach
  void write() throws IOException {
    Path model = folder.resolve("model");
    Tokenizers.copy(MODEL, model);
    Tokenizers.words(model);
    base = "--base=" + model;
    data =
        Files.writeString(
            folder.resolve("data.jsonl"),
            """
            {"anchor": "red red", "positive": "blue fox", "negative": "red"}
            {"anchor": "blue", "positive": "fox red", "negative": ["blue blue", "fox fox blue"]}
            {"query": "fox fox", "positive": "red"}
            {"question": "red blue", "answer": "fox"}
            """);
  }

  private Run train(Path out, Object... more) {
    List<Object> all =
        new ArrayList<>(List.of("text", "train", base, "--data=" + data, "-o", out, "--steps=60"));
    all.addAll(List.of("--rank=4", "--lr=1e-2", "--json"));
    all.addAll(List.of(more));
    return Run.of(all.toArray());
  }

  @Test
  void trainedEncoderIsEvaluatedAndSearchesBetter() throws IOException {
    Path out = folder.resolve("mine");
    Run trained = train(out, "--task=embed");
    assertEquals(0, trained.code(), trained.err());
    assertTrue(trained.err().contains("4 texts and those that belong to them, 3 negatives"));
    Run scored = Run.of("text", "evaluate", base, "--data=" + data, "--lora=" + out, "--json");
    assertEquals(0, scored.code(), scored.err());
    JsonObject before = scored.json().getAsJsonObject("base");
    JsonObject after = scored.json().getAsJsonObject("adapters");
    assertEquals(4, after.get("queries").getAsInt());
    assertEquals(6, after.get("documents").getAsInt(), "a negative is another's positive");
    assertTrue(before.get("accuracyAt1").getAsDouble() < 1, scored.out());
    assertEquals(1, after.get("accuracyAt1").getAsDouble(), scored.out());
    Run found = Run.of("text", "search", "blue", base, "--data=" + data, "--lora=" + out, "--json");
    assertEquals(0, found.code(), found.err());
    JsonObject query = found.json().getAsJsonArray("queries").get(0).getAsJsonObject();
    JsonObject nearest = query.getAsJsonArray("nearest").get(0).getAsJsonObject();
    assertEquals("fox red", nearest.get("text").getAsString(), found.out());
    assertTrue(nearest.get("place").getAsString().endsWith("data.jsonl line 2"), found.out());
    assertEquals(5, query.getAsJsonArray("nearest").size());
  }

  /** The merged encoder pools and finds as base and adapter do. */
  @Test
  void mergedEncoderKeepsItsPooling() throws IOException {
    Path model = folder.resolve("model");
    Files.writeString(
        model.resolve("modules.json"), "[{\"path\": \"1_Pooling\", \"type\": \"a.Pooling\"}]");
    Files.writeString(
        Files.createDirectories(model.resolve("1_Pooling")).resolve("config.json"),
        "{\"pooling_mode\": \"cls\"}");
    Path out = folder.resolve("mine");
    assertEquals(0, train(out).code());
    Path merged = folder.resolve("merged");
    Run written =
        Run.of("text", "merge", base, "--lora=" + out, "-o", merged, "--dtype=f32", "--json");
    assertEquals(0, written.code(), written.err());
    Run whole = train(folder.resolve("whole"), "--layout=transformers");
    assertEquals(0, whole.code(), whole.err());
    Run expected = Run.of("text", "evaluate", base, "--data=" + data, "--lora=" + out, "--json");
    for (Path each : List.of(merged, folder.resolve("whole"))) {
      assertTrue(Files.exists(each.resolve("1_Pooling/config.json")));
      Run found = Run.of("text", "evaluate", "--base=" + each, "--data=" + data, "--json");
      assertEquals(0, found.code(), found.err());
      assertEquals(expected.json().get("adapters"), found.json().get("base"), each + found.err());
    }
  }

  @Test
  void paragraphsOfPlainTextsAreSearched() throws IOException {
    Path texts =
        Files.writeString(folder.resolve("notes.txt"), "red fox\n\nblue\nfox\n \nred fox\n");
    Run found = Run.of("text", "search", "red fox", "blue fox", base, "--data=" + texts, "--top=1");
    assertEquals(0, found.code(), found.err());
    List<String> lines = found.out().lines().toList();
    assertEquals(
        List.of(
            "red fox",
            " 1.0000  red fox  (" + texts + " paragraph 1)",
            "blue fox",
            " 1.0000  blue fox  (" + texts + " paragraph 2)"),
        lines);
    Files.writeString(
        folder.resolve("model/modules.json"), "[{\"path\": \"\", \"type\": \"a.Transformer\"}]");
    Files.writeString(folder.resolve("model/sentence_bert_config.json"), "{\"max_seq_length\": 3}");
    Run cut = Run.of("text", "search", "fox", base, "--data=" + texts);
    assertTrue(cut.err().contains("2 of 2 texts are longer than 3 tokens"), cut.err());
  }

  @Test
  void scoresBeforeAndAfterAreToldOfWhatIsHeldOut() {
    Run trained =
        Run.of(
            "text",
            "train",
            base,
            "--data=" + data,
            "-o",
            folder.resolve("mine"),
            "--steps=2",
            "--held-out=0.5",
            "--symmetric",
            "--scale=10");
    assertEquals(0, trained.code(), trained.err());
    assertTrue(trained.out().contains("held out, base     accuracy@1"), trained.out());
    assertTrue(trained.out().contains("held out, adapter  accuracy@1"), trained.out());
    assertTrue(trained.err().contains("text search 'YOUR QUERY' --lora"), trained.err());
  }

  @Test
  void runIsPlannedAndItsRateFound() throws IOException {
    Run planned = train(folder.resolve("mine"), "--plan");
    assertEquals(0, planned.code(), planned.err());
    assertTrue(planned.json().has("memoryBytes"), planned.out());
    assertFalse(Files.exists(folder.resolve("mine")));
    Run found = train(folder.resolve("mine"), "--find-rate", "--find-steps=2");
    assertEquals(0, found.code(), found.err());
    assertFalse(Files.exists(folder.resolve("mine")));
  }

  /** Prompts of the base's folder, and of the command line in their place. */
  @Test
  void promptsComeBeforeTexts() throws IOException {
    Files.writeString(
        folder.resolve("model/config_sentence_transformers.json"),
        "{\"prompts\": {\"query\": \"red \", \"document\": \"\"}}");
    Path texts = Files.writeString(folder.resolve("notes.txt"), "red fox\n\nfox");
    Run found = Run.of("text", "search", "fox", base, "--data=" + texts, "--top=1");
    assertTrue(found.out().startsWith(" 1.0000  red fox"), found.out() + found.err());
    Run other =
        Run.of("text", "search", "fox", base, "--data=" + texts, "--top=1", "--query-prompt=");
    assertTrue(other.out().startsWith(" 1.0000  fox"), other.out() + other.err());
  }

  private void assertRefused(String why, Object... words) {
    Run refused = Run.of(words);
    assertTrue(refused.code() != 0, why);
    assertTrue(refused.err().contains(why), refused.err());
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() throws IOException {
    Path out = folder.resolve("mine");
    String given = "--data=" + data;
    Path plain = Files.writeString(folder.resolve("plain.txt"), "red fox");
    assertRefused(
        "which writes texts".substring(6), "text", "train", given, "-o", out, "--task=embed");
    assertRefused(
        "--task classify learns {\"text\", \"label\"}",
        "text",
        "train",
        base,
        given,
        "-o",
        out,
        "--task=classify");
    assertRefused(
        "--scale does not go with --task write",
        "text",
        "train",
        given.replace(data.toString(), plain.toString()),
        "-o",
        out,
        "--scale=5");
    assertRefused("--pack does not go with", "text", "train", base, given, "-o", out, "--pack");
    assertRefused(
        "scale of cosines is above 0", "text", "train", base, given, "-o", out, "--scale=0");
    assertRefused(
        "--query-prompt does not go with",
        "text",
        "evaluate",
        "--data=" + plain,
        "--query-prompt=a");
    assertRefused("A query is empty", "text", "search", " ", base, given);
    assertRefused("--top must be at least 1", "text", "search", "red", base, given, "--top=0");
    Path alone =
        Files.writeString(
            folder.resolve("alone.jsonl"), "{\"anchor\": \"red\", \"positive\": \"fox\"}");
    assertRefused(
        "nothing is there to tell apart", "text", "train", base, "--data=" + alone, "-o", out);
    Files.writeString(
        alone,
        """
        {"anchor": "red", "positive": "fox", "negative": "fox"}
        {"anchor": "red", "positive": "fox", "negative": ["blue", 3]}
        {"anchor": "red", "positiv": "fox"}
        """);
    Run wrong = Run.of("text", "train", base, "--data=" + alone, "-o", out);
    assertTrue(wrong.err().contains("same text at 'positive' and 'negative'"), wrong.err());
    assertTrue(wrong.err().contains("has no text in its list 'negative' but 3"), wrong.err());
    assertTrue(wrong.err().contains("nearest is 'positive'"), wrong.err());
    assertFalse(Files.exists(out));
  }
}
