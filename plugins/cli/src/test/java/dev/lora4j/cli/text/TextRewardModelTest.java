package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled language model becomes a reward model, scores answers and teaches another. */
class TextRewardModelTest {
  private static final List<String> WHO =
      List.of("The captain", "The whale", "Ishmael", "The mate", "Queequeg", "The old man");

  @TempDir private Path folder;
  private Path data = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void places() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String who : WHO) {
      for (String where : List.of("the sea", "the ship", "the boat")) {
        lines.append(
            "{\"prompt\": \"%s\", \"chosen\": \" went down into %s.\", \"rejected\": \" spoke of %s.\"}%n"
                .formatted(who, where, where));
      }
    }
    data = Files.writeString(folder.resolve("pairs.jsonl"), lines);
    out = folder.resolve("judge");
  }

  private Run align(String method, Object... words) {
    List<Object> all = new ArrayList<>(List.of("text", "align", method));
    all.addAll(List.of(words));
    all.addAll(List.of("--data", data, "-o", out, "--rank=4", "--batch=4", "--seed=1"));
    return Run.of(all.toArray());
  }

  private Run judge(Object... words) {
    List<Object> all = new ArrayList<>(List.of("--steps=16", "--lr=5e-3", "--held-out=0.25"));
    all.addAll(List.of(words));
    return align("reward", all.toArray());
  }

  @Test
  void answersAreScored() throws IOException {
    Run run = judge("--validate-every=4", "--keep-best", "--center=0.01");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("the greater reward in 100.0 % of pairs, "), run.out());
    assertTrue(run.err().contains("text score --data ANSWERS.jsonl --lora"), run.err());
    String kept = Files.readString(folder.resolve("judge.run/run.toml"));
    assertTrue(kept.contains("\nmethod = \"reward\"\n"), kept);
    assertTrue(kept.contains("\ncenter = 0.01\n"), kept);
    String table = Files.readAllLines(folder.resolve("judge.run/measures.csv")).get(0);
    assertTrue(table.startsWith("step,accuracy,margin,min_reward,mean_reward,max_reward,"), table);
    Run pairs = Run.of("text", "score", "--data", data, "--lora", out);
    assertEquals(0, pairs.code(), pairs.err());
    assertTrue(pairs.out().contains("in 100.0 % of 18 pairs, margin "), pairs.out());
    Path answers =
        Files.writeString(
            folder.resolve("answers.jsonl"),
            """
            {"prompt": "The captain", "completion": " went down into the sea."}
            {"prompt": "The captain", "completion": " spoke of the sea."}
            """);
    Run plain = Run.of("text", "score", "--data", answers, "--lora", out);
    assertEquals(0, plain.code(), plain.err());
    assertTrue(plain.out().contains("  spoke of the sea."), plain.out());
    Run json = Run.of("text", "score", "--data", answers, "--lora", out, "--json");
    JsonObject report = json.json();
    List<Double> rewards =
        report.getAsJsonArray("texts").asList().stream()
            .map(one -> one.getAsJsonObject().get("reward").getAsDouble())
            .toList();
    assertTrue(rewards.get(0) > rewards.get(1), report.toString());
    assertEquals(rewards.get(0), report.get("greatestReward").getAsDouble());
  }

  /** A whole model is a reward model without an adapter. */
  @Test
  void judgeIsWrittenIntoTheModel() {
    Run run = judge("--layout=transformers");
    assertEquals(0, run.code(), run.err());
    Run pairs = Run.of("text", "score", "--data", data, "--base", out, "--json");
    assertEquals(0, pairs.code(), pairs.err());
    assertEquals(1, pairs.json().get("accuracy").getAsDouble());
    Path further = folder.resolve("further");
    Run again =
        Run.of(
            "text", "align", "reward", "--base", out, "--data", data, "-o", further, "--steps=1");
    assertEquals(0, again.code(), again.err());
    assertTrue(!again.err().contains("starts from chance"), again.err());
  }

  @Test
  void judgeTeachesAndIsTrainedFurther() throws IOException {
    Run run = judge();
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("starts from chance"), run.err());
    Path prompts =
        Files.writeString(
            folder.resolve("prompts.jsonl"), "{\"prompt\": \"The captain\"}\n".repeat(4));
    Path taught = folder.resolve("taught");
    Run grpo =
        Run.of(
            "text",
            "align",
            "grpo",
            "--data",
            prompts,
            "-o",
            taught,
            "--reward=model:path=" + out,
            "--steps=2",
            "--generations=2",
            "--max-new-tokens=6");
    assertEquals(0, grpo.code(), grpo.err());
    assertTrue(grpo.err().contains("Rewards: model."), grpo.err());
    Path further = folder.resolve("further");
    Run again =
        Run.of(
            "text", "align", "reward", "--from", out, "--data", data, "-o", further, "--steps=2");
    assertEquals(0, again.code(), again.err());
    assertTrue(again.err().contains("further"), again.err());
    Run pairs = Run.of("text", "score", "--data", data, "--lora", further, "--json");
    assertEquals(1, pairs.json().get("accuracy").getAsDouble());
    Path begun = folder.resolve("begun");
    Run words =
        Run.of(
            "text", "align", "reward", "--from", taught, "--data", data, "-o", begun, "--steps=1");
    assertEquals(0, words.code(), words.err());
    assertTrue(words.err().contains("42 layers, most of rank 16; 1 more begin anew"), words.err());
    Run classes = Run.of("text", "classify", "Ahoy.", "--lora", out);
    assertTrue(classes.err().contains("is a reward model"), classes.err());
  }

  @Test
  void resumedRunHasTheSameBits() throws IOException {
    Run whole = align("reward", "--steps=6", "--save-every=2", "--json");
    assertEquals(0, whole.code(), whole.err());
    Path last;
    try (var files = Files.walk(folder.resolve("judge.run"))) {
      last =
          files
              .filter(f -> f.toString().contains("checkpoints") && f.toString().contains("6"))
              .filter(Files::isRegularFile)
              .findFirst()
              .orElseThrow();
    }
    Files.delete(last);
    Files.move(out, folder.resolve("whole"));
    Run resumed = align("reward", "--steps=6", "--save-every=2", "--json", "--resume");
    assertEquals(0, resumed.code(), resumed.err());
    assertTrue(resumed.err().contains("Going on after step 4"), resumed.err());
    assertEquals(whole.json().get("identity"), resumed.json().get("identity"));
  }

  @Test
  void optionsOfOtherMethodsAreRefused() {
    Map<List<String>, String> wrong =
        Map.of(
            List.of("reward", "--beta=0.1"), "--beta does not go with reward, which stays near",
            List.of("reward", "--loss=hinge"), "--loss does not go with reward, whose loss",
            List.of("reward", "--divergence=js_divergence"), "--divergence does not go with",
            List.of("reward", "--precompute-reference"), "which has no reference",
            List.of("reward", "--reward=json"), "--reward does not go with reward, which makes",
            List.of("reward", "--pack"), "--pack does not go with reward",
            List.of("reward", "--center=-1"), "--center: The centring of rewards",
            List.of("dpo", "--center=1"), "--center does not go with dpo",
            List.of("grpo", "--reward=model:path=nowhere"), "There is no reward model at nowhere");
    wrong.forEach(
        (words, told) -> {
          Run run = align(words.get(0), words.get(1));
          assertEquals(2, run.code(), words + run.err());
          assertTrue(run.err().contains(told), run.err());
        });
  }

  @Test
  void wrongDataAndModelsAreNamed() throws IOException {
    Path own = data;
    Map<String, String> wrong =
        Map.of(
            "{\"prompt\": \"a\", \"chosen\": \"b\"}",
            "which are no form",
            "{\"prompt\": \"a\", \"completion\": \"b\", \"label\": true}",
            "Take kto",
            "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"b\"}",
            "same text as 'chosen'",
            "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\", \"margin\": \"d\"}",
            "no number at 'margin'",
            "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\", \"margin\": 1}\n"
                + "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\"}",
            "has no 'margin', and others have one");
    for (Map.Entry<String, String> one : wrong.entrySet()) {
      data = Files.writeString(folder.resolve("wrong.jsonl"), one.getKey());
      Run run = align("reward", "--steps=1", "--held-out=0");
      assertEquals(1, run.code(), run.err());
      assertTrue(run.err().contains(one.getValue()), run.err());
    }
    data =
        Files.writeString(
            folder.resolve("margins.jsonl"),
            "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\", \"margin\": 1}\n"
                .repeat(4));
    Run dpo = align("dpo", "--steps=1");
    assertTrue(dpo.err().contains("which reward alone learns"), dpo.err());
    Run margins = align("reward", "--steps=1", "--held-out=0");
    assertEquals(0, margins.code(), margins.err());
    assertTrue(margins.err().contains("4 pairs with margins"), margins.err());
    data = own;
    out = folder.resolve("other");
    Run none = Run.of("text", "score", "--data", data);
    assertEquals(1, none.code(), none.err());
    assertTrue(none.err().contains("is no reward model, and no adapter makes it one"), none.err());
    Run encoder = judge("--base=../../lora-text/src/test/resources/models/bert");
    assertTrue(encoder.err().contains("has an encoder"), encoder.err());
  }
}
