package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores of answers by reward functions, by commands. */
class TextAnswersTest {
  private static final String TALE = "The cat sat on the mat, and the dog ran to the cat. ";

  @TempDir private static Path folder;
  private static Path model;
  private static Path prompts;
  private static Path adapter;

  @BeforeAll
  static void train() throws IOException {
    Path book = Files.writeString(folder.resolve("book.txt"), TALE.repeat(40));
    model = folder.resolve("model");
    run(
        "text new --vocabulary 280 --width 32 --inner 48 --layers 2 --heads 2 --longest 64",
        "--data",
        book,
        "-o",
        model);
    Path pairs = folder.resolve("pairs.jsonl");
    Files.writeString(
        pairs,
        """
        {"prompt": "The cat sat", "completion": " on the mat, and the dog ran."}
        {"prompt": "The dog ran", "completion": " to the cat on the mat."}
        """);
    prompts = folder.resolve("prompts.jsonl");
    Files.writeString(
        prompts,
        """
        {"prompt": "The cat sat", "answer": "on the mat, and the dog ran."}
        {"prompt": "The dog ran", "answer": "to the cat on the mat.", "note": 3}
        {"prompt": "The mat", "other": true}
        """);
    adapter = folder.resolve("adapter");
    Run trained =
        run(
            "text train --rank 8 --batch 2 --steps 150 --rate=1e-2",
            "--base",
            model,
            "--data",
            pairs,
            "-o",
            adapter);
    assertEquals(0, trained.code(), trained.err());
  }

  private static Run run(String words, Object... more) {
    List<Object> all = new ArrayList<>(List.of(words.split(" ")));
    all.addAll(List.of(more));
    return Run.of(all.toArray());
  }

  private static Run evaluate(String words, Object... more) {
    List<Object> all = new ArrayList<>(List.of("--base", model, "--data", prompts));
    all.addAll(List.of(more));
    return run("text evaluate --max-new-tokens 20 " + words, all.toArray());
  }

  @Test
  void adaptersAreComparedWithTheBase() throws IOException {
    Path kept = folder.resolve("kept.jsonl");
    Run scored = evaluate("--reward exact", "--lora", adapter, "--outputs", kept);
    assertEquals(0, scored.code(), scored.err());
    List<String> lines = scored.out().lines().toList();
    assertEquals(3, lines.size(), scored.out());
    assertTrue(lines.get(0).startsWith("base alone    reward 0.000"), lines.get(0));
    assertTrue(lines.get(1).startsWith("with adapter  reward 1.000"), lines.get(1));
    assertEquals(
        "Better than the base in 2, as good in 0, worse in 0 of 2 prompts: a win rate of 100.0 %, a"
            + " tie counting half.",
        lines.get(2));
    List<String> all = Files.readAllLines(kept);
    assertEquals(3, all.size());
    JsonObject second = JsonParser.parseString(all.get(1)).getAsJsonObject();
    assertEquals("The dog ran", second.get("prompt").getAsString());
    JsonArray answers = second.getAsJsonArray("adapters");
    assertEquals(1, answers.size());
    JsonObject answer = answers.get(0).getAsJsonObject();
    assertEquals(" to the cat on the mat.", answer.get("text").getAsString());
    assertEquals(1, answer.get("reward").getAsDouble());
    JsonObject third = JsonParser.parseString(all.get(2)).getAsJsonObject();
    assertFalse(third.getAsJsonArray("base").get(0).getAsJsonObject().has("reward"), all.get(2));
  }

  @Test
  void severalRewardsAndAnswersAreReportedAsJson() {
    Run scored =
        evaluate(
            "--reward exact --reward ended:weight=0.5 --generations 4 --temperature 0.01 --json",
            "--lora",
            adapter);
    assertEquals(0, scored.code(), scored.err());
    JsonObject adapters = scored.json().getAsJsonObject("adapters");
    assertEquals(1, adapters.get("rewards/exact/mean").getAsDouble());
    assertTrue(adapters.has("rewards/ended/mean"), scored.out());
    assertEquals(3, scored.json().get("prompts").getAsInt());
    assertTrue(scored.json().getAsJsonObject("comparison").get("winRate").getAsDouble() > 0.5);
  }

  @Test
  void optionsThatDoNothingAreRefused() {
    refused("--reward=exact --no-bleu", "--no-bleu does not go with --reward");
    refused("--reward=exact --pack", "--pack does not go with --reward");
    refused("--reward=exact --beams=2", "--beams does not go with --reward");
    refused("--generations=2", "--generations does nothing without --reward");
    refused("--reward=exact --seed=2", "--seed does not go with a temperature of 0");
    refused("--reward=exact --generations=2 --temperature=0", "all answers to a prompt are the");
    refused("--reward=exact --generations=0", "must be at least 1, found 0");
    refused("--reward=nothing", "There is no RewardFunction 'nothing'");
  }

  private static void refused(String words, String because) {
    Run run = evaluate(words);
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(because), run.err());
  }

  /** Before the model is loaded. */
  @Test
  void linesWithoutPromptsAreNamed() throws IOException {
    Path wrong =
        Files.writeString(
            folder.resolve("wrong.jsonl"), "{\"text\": \"The cat\"}\n{\"prompt\": 3}\n");
    Run run = Run.of("text", "evaluate", "--base", model, "--data", wrong, "--reward", "exact");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("wrong.jsonl line 1"), run.err());
    assertTrue(run.err().contains("wrong.jsonl line 2"), run.err());
  }
}
