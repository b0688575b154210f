package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores of what a language model writes, by commands. */
class TextOutputsTest {
  private static final String TALE = "The cat sat on the mat, and the dog ran to the cat. ";

  @TempDir private static Path folder;
  private static Path model;
  private static Path data;
  private static Path adapter;

  @BeforeAll
  static void train() throws IOException {
    Path book = Files.writeString(folder.resolve("book.txt"), TALE.repeat(40));
    model = folder.resolve("model");
    Run.of(
        "text",
        "new",
        "--data",
        book,
        "-o",
        model,
        "--vocabulary",
        "280",
        "--width",
        "32",
        "--inner",
        "48",
        "--layers",
        "2",
        "--heads",
        "2",
        "--longest",
        "64");
    data = folder.resolve("pairs.jsonl");
    Files.writeString(
        data,
        """
        {"prompt": "The cat sat", "completion": " on the mat, and the dog ran."}
        {"prompt": "The dog ran", "completion": " to the cat on the mat."}
        """);
    adapter = folder.resolve("adapter");
    Run trained =
        Run.of(
            "text",
            "train",
            "--base",
            model,
            "--data",
            data,
            "-o",
            adapter,
            "--rank",
            "8",
            "--batch",
            "2",
            "--steps",
            "150",
            "--rate=1e-2");
    assertEquals(0, trained.code(), trained.err());
  }

  @Test
  void memorisedOutputsEqualTheirReferences() throws IOException {
    Path kept = folder.resolve("kept.jsonl");
    Run scored =
        Run.of(
            "text",
            "evaluate",
            "--base",
            model,
            "--data",
            data,
            "--lora",
            adapter,
            "--outputs",
            kept,
            "--max-new-tokens",
            "20",
            "--json");
    assertEquals(0, scored.code(), scored.err());
    JsonObject after = scored.json().getAsJsonObject("adaptersBleu");
    assertEquals(100, after.get("score").getAsDouble(), 1e-9);
    assertTrue(
        scored.json().getAsJsonObject("baseBleu").get("score").getAsDouble() < 50, scored.out());
    List<String> lines = Files.readAllLines(kept);
    assertEquals(2, lines.size());
    JsonObject second = JsonParser.parseString(lines.get(1)).getAsJsonObject();
    assertEquals("The dog ran", second.get("prompt").getAsString());
    assertEquals(" to the cat on the mat.", second.get("reference").getAsString());
    assertEquals(" to the cat on the mat.", second.get("adapters").getAsString());
    assertTrue(second.has("base"));
  }

  /** With the names and weights that were given, below each other. */
  @Test
  void scoresNameTheirAdaptersAndWeights() {
    Run scored =
        Run.of(
            "text",
            "evaluate",
            "--base",
            model,
            "--data",
            data,
            "--lora=" + adapter + ":0.5",
            "--lora=" + adapter,
            "--max-new-tokens=2");
    assertEquals(0, scored.code(), scored.err());
    List<String> lines = scored.out().lines().toList();
    assertEquals(4, lines.size(), scored.out());
    String with = "with adapter:0.5 and adapter  ";
    assertTrue(
        lines.get(0).startsWith("base alone" + " ".repeat(20) + "perplexity "), lines.get(0));
    assertTrue(lines.get(1).startsWith("base alone" + " ".repeat(20) + "BLEU "), lines.get(1));
    assertTrue(lines.get(2).startsWith(with + "perplexity "), lines.get(2));
    assertTrue(lines.get(3).startsWith(with + "BLEU "), lines.get(3));
  }

  @Test
  void aWeightThatChangesOverStepsIsRefused() {
    for (String command : List.of("evaluate", "merge")) {
      String[] more =
          command.equals("merge")
              ? new String[] {"-o", folder.resolve("merged").toString()}
              : new String[] {"--data", data.toString()};
      Run refused =
          Run.of(
              "text", command, "--base", model, "--lora=" + adapter + ":1:0.5-1", more[0], more[1]);
      assertEquals(2, refused.code());
      assertTrue(refused.err().contains("changes over the steps of a picture"), refused.err());
    }
  }

  @Test
  void bleuIsOmittedOnRequestAndForTexts() throws IOException {
    Run alone = Run.of("text", "evaluate", "--base", model, "--data", data, "--no-bleu");
    assertEquals(0, alone.code(), alone.err());
    assertTrue(!alone.out().contains("BLEU") && alone.out().contains("perplexity"), alone.out());
    Path book = folder.resolve("book.txt");
    Path kept = folder.resolve("none.jsonl");
    Run refused = Run.of("text", "evaluate", "--base", model, "--data", book, "--outputs", kept);
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("the data are of the form {\"text\"}"), refused.err());
  }

  @Test
  void outputsAreNotWrittenOverTheTexts() throws IOException {
    Path texts = Files.createDirectories(folder.resolve("texts"));
    Path own = Files.copy(data, texts.resolve("own.jsonl"));
    for (Path read : new Path[] {own, texts}) {
      Run refused = Run.of("text", "evaluate", "--base", model, "--data", read, "--outputs", own);
      assertEquals(1, refused.code(), refused.err());
      assertTrue(refused.err().contains("own.jsonl is among the texts"), refused.err());
    }
    assertEquals(-1, Files.mismatch(data, own));
  }

  /** What could not be written is not found out after all else was scored. */
  @Test
  void emptyPromptsAreReportedFirst() throws IOException {
    Path empty = folder.resolve("empty.jsonl");
    Files.writeString(
        empty,
        """
        {"prompt": "The cat", "completion": " sat."}
        {"prompt": "", "completion": "The cat sat."}
        """);
    Run refused = Run.of("text", "evaluate", "--base", model, "--data", empty);
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("empty.jsonl line 2: The prompt is empty"), refused.err());
    assertEquals("", refused.out());
    Run scored = Run.of("text", "evaluate", "--base", model, "--data", empty, "--no-bleu");
    assertEquals(0, scored.code(), scored.err());
  }

  /** Three texts in batches of two are two batches each time they are seen. */
  @Test
  void textsAreSeenOncePerEpoch() throws IOException {
    Path three =
        Files.writeString(folder.resolve("three.jsonl"), "{\"text\": \"cat\"}\n".repeat(3));
    Path out = folder.resolve("three");
    Run trained =
        Run.of(
            "text",
            "train",
            "--base",
            model,
            "--data",
            three,
            "-o",
            out,
            "--batch=2",
            "--epochs=4",
            "--rank=2",
            "--json");
    assertEquals(0, trained.code(), trained.err());
    assertEquals(8, trained.json().get("steps").getAsInt());
  }

  @Test
  void blocksAreNoLongerThanTheModelReads() {
    Run refused = Run.of("text", "evaluate", "--base", model, "--data", data, "--max-length", "65");
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("--max-length is 65"), refused.err());
    assertTrue(refused.err().contains("reads at most 64 tokens"), refused.err());
  }

  @Test
  void adapterConfigurationNamesTaskAndBase() throws IOException {
    JsonObject config =
        JsonParser.parseString(Files.readString(adapter.resolve("adapter_config.json")))
            .getAsJsonObject();
    assertEquals("CAUSAL_LM", config.get("task_type").getAsString());
    assertEquals(model.toString(), config.get("base_model_name_or_path").getAsString());
  }

  /** The learned completions are told by the adapter alone, another's by nobody. */
  @Test
  void clozeCountsCompletionsWhoseTokensAreAllTheLikeliest() throws IOException {
    Path asked =
        Files.writeString(
            folder.resolve("asked.jsonl"),
            Files.readString(data)
                + """
                {"prompt": "The cat sat", "completion": " on the mat, and the cow ran."}
                """);
    Run scored =
        Run.of(
            "text",
            "evaluate",
            "--base",
            model,
            "--data",
            asked,
            "--lora",
            adapter,
            "--cloze",
            "--json");
    JsonObject found = scored.json();
    assertEquals(0, found.get("baseCloze").getAsDouble(), scored.err());
    assertEquals(2 / 3.0, found.get("adaptersCloze").getAsDouble(), 1e-9);
    assertTrue(!found.has("baseBleu"), found.toString());
    Run plain =
        Run.of(
            "text", "evaluate", "--base", model, "--data", folder.resolve("book.txt"), "--cloze");
    assertEquals(2, plain.code(), plain.err());
    assertTrue(plain.err().contains("--cloze wants lines of"), plain.err());
    Run kept =
        Run.of(
            "text",
            "evaluate",
            "--base",
            model,
            "--data",
            asked,
            "--cloze",
            "--outputs",
            folder.resolve("x.jsonl"));
    assertEquals(2, kept.code(), kept.err());
  }
}
