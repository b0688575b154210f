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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on texts that are only planned. */
class TextPlanTest {
  @TempDir private static Path folder;
  private static Path model;
  private static Path texts;
  private static Path pairs;
  private static Path prompts;

  @BeforeAll
  static void write() throws IOException {
    Path book =
        Files.writeString(
            folder.resolve("book.txt"), "The cat sat on the mat, and the dog ran. ".repeat(40));
    model = folder.resolve("model");
    run(
        "text new --vocabulary 280 --width 32 --inner 48 --layers 2 --heads 2 --longest 64",
        "--data",
        book,
        "-o",
        model);
    texts = write("texts.jsonl", "{\"text\": \"The cat sat on the mat.\"}\n".repeat(9));
    pairs =
        write(
            "pairs.jsonl",
            "{\"prompt\": \"The cat\", \"chosen\": \" sat.\", \"rejected\": \" ran.\"}\n"
                .repeat(9));
    prompts = write("prompts.jsonl", "{\"prompt\": \"The cat\"}\n".repeat(9));
  }

  private static Path write(String name, String lines) throws IOException {
    return Files.writeString(folder.resolve(name), lines);
  }

  private static Run run(String words, Object... more) {
    List<Object> all = new ArrayList<>(List.of(words.split(" ")));
    all.addAll(List.of(more));
    return Run.of(all.toArray());
  }

  private static Run plan(String words, Path data, Object... more) throws IOException {
    Path out = folder.resolve("out");
    List<Object> all =
        new ArrayList<>(List.of("--plan", "--base", model, "--data", data, "-o", out));
    all.addAll(List.of(more));
    Run run = run(words, all.toArray());
    try (Stream<Path> left = Files.list(folder)) {
      assertFalse(left.anyMatch(p -> p.getFileName().toString().startsWith("out")), run.err());
    }
    return run;
  }

  @Test
  void aPlanSaysWhatIsLearnedAndWhatItTakes() throws IOException {
    Run run = plan("text train --rank 4 --batch 3 --epochs 2", texts);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("9 texts of "), run.err());
    assertTrue(run.err().contains("6 steps of 3 texts"), run.err());
    assertTrue(run.out().contains("of memory at the most (estimated): weights "), run.out());
    assertTrue(run.out().contains("The largest step has texts of "), run.out());
    assertFalse(run.out().contains("keys and values"), run.out());
  }

  @Test
  void everyAlignmentCanBePlanned() throws IOException {
    for (String method : List.of("dpo", "cpo", "simpo", "orpo", "reward")) {
      JsonObject json = json("text align " + method + " --rank 4 --json", pairs);
      assertTrue(json.get("memoryBytes").getAsLong() > 0, method);
      assertEquals(0, json.get("cacheBytes").getAsLong(), method);
    }
    for (String method : List.of("grpo", "rloo", "ppo")) {
      JsonObject json =
          json(
              "text align " + method + " --rank 4 --reward ended --max-new-tokens 8 --json",
              prompts);
      assertTrue(json.get("cacheBytes").getAsLong() > 0, method);
      assertEquals(11, json.get("longest").getAsInt(), 3, method);
    }
    JsonObject taught =
        json("text align distill --rank 4 --max-new-tokens 8 --json --teacher " + model, prompts);
    assertTrue(taught.get("cacheBytes").getAsLong() > 0);
  }

  private static JsonObject json(String words, Path data) throws IOException {
    Run run = plan(words, data);
    assertEquals(0, run.code(), run.err());
    return run.json();
  }

  @Test
  void theOptimizersStateMayLieInAFile() throws IOException {
    JsonObject held = json("text train --rank 4 --json", texts);
    JsonObject mapped = json("text train --rank 4 --optimizer-state mapped --json", texts);
    long file = mapped.get("mappedBytes").getAsLong();
    assertEquals(8 * mapped.get("numbers").getAsLong(), file);
    assertEquals(held.get("memoryBytes").getAsLong() - file, mapped.get("memoryBytes").getAsLong());
  }

  @Test
  void optionsOfARunAloneAreRefused() throws IOException {
    for (String option : List.of("--find-rate", "--resume")) {
      Run run = plan("text train " + option, texts);
      assertEquals(2, run.code(), run.err());
      assertTrue(run.err().contains(option + " does not go with --plan"), run.err());
    }
  }

  /** The same as when the run begins. */
  @Test
  void allThatIsWrongIsReported() throws IOException {
    Path wrong = write("wrong.jsonl", "{\"prompt\": \"The cat\"}\n");
    Run run = plan("text align dpo", wrong);
    assertEquals(1, run.code());
    assertTrue(run.err().contains("wrong.jsonl"), run.err());
  }
}
