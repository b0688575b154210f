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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rates of alignments in which the model writes, and of reward models. */
@Tag("slow")
class AlignmentRatesTest {
  @TempDir private Path folder;
  private Path data = Path.of("");
  private Path pairs = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void places() throws IOException {
    StringBuilder lines = new StringBuilder();
    StringBuilder two = new StringBuilder();
    for (String who : List.of("The captain", "The whale", "Ishmael", "The mate", "Queequeg")) {
      lines.append("{\"prompt\": \"%s\", \"completion\": \" went to sea.\"}%n".formatted(who));
      two.append(
          "{\"prompt\": \"%s\", \"chosen\": \" went to sea.\", \"rejected\": \" spoke.\"}%n"
              .formatted(who));
    }
    data = Files.writeString(folder.resolve("prompts.jsonl"), lines);
    pairs = Files.writeString(folder.resolve("pairs.jsonl"), two);
    out = folder.resolve("found");
  }

  private Run find(String method, Path from, String... words) {
    List<Object> all = new ArrayList<>(List.of("text", "align", method, "--data", from, "-o", out));
    all.addAll(List.of("--find-rate", "--rank=4", "--seed=1"));
    all.addAll(List.of(words));
    if (List.of(words).stream().noneMatch(word -> word.startsWith("--find-steps"))) {
      all.add("--find-steps=3");
    }
    return Run.of(all.toArray());
  }

  private void assertNothingKept() {
    assertTrue(Files.exists(folder.resolve("found.run/rates.png")));
    assertFalse(Files.exists(folder.resolve("found.run/completions.jsonl")));
    assertFalse(Files.exists(out));
  }

  @Test
  void rewardsDecideWhereTheyAreLearned() {
    String[] words = {
      "--reward=regex:pattern=the", "--lr=3e-2", "--generations=4", "--max-new-tokens=6", "--json"
    };
    Run run = find("grpo", data, words);
    assertEquals(0, run.code(), run.err());
    JsonObject found = run.json();
    assertEquals("reward", found.get("measure").getAsString());
    assertEquals(7, found.getAsJsonArray("trials").size());
    List<Float> first = new ArrayList<>();
    found
        .getAsJsonArray("trials")
        .forEach(
            trial ->
                first.add(trial.getAsJsonObject().getAsJsonArray("losses").get(0).getAsFloat()));
    assertEquals(1, first.stream().distinct().count(), "all begin with the same completions");
    assertTrue(found.get("decided").getAsBoolean(), run.out());
    assertTrue(found.get("lr").getAsDouble() > 0);
    assertTrue(found.get("reasons").toString().contains("What the model wrote"), run.out());
    assertNothingKept();
  }

  /** Completions of six tokens are cut, so that all have the same reward at any rate. */
  @Test
  void equalRewardsDecideNothing() {
    String[] words = {
      "--reward=length:most=4,limit=12", "--generations=2", "--max-new-tokens=6", "--find-steps=1"
    };
    Run run = find("grpo", data, words);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("All rates have the same reward"), run.out());
    assertFalse(run.out().contains("<- take this"), run.out());
    assertFalse(run.out().contains("Train with"), run.out());
  }

  @Test
  void divergenceDecidesWithATeacher() throws IOException {
    Path texts = Files.writeString(folder.resolve("texts.txt"), "The whale sings a song of tea.");
    assertEquals(
        0,
        Run.of(
                "text",
                "train",
                "--data",
                texts,
                "-o",
                folder.resolve("taught"),
                "--steps=2",
                "--rank=2",
                "--lr=1e-2",
                "--batch=2")
            .code());
    Run run =
        find(
            "distill",
            data,
            "--teacher-lora=" + folder.resolve("taught"),
            "--on-policy=0.5",
            "--max-new-tokens=4");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("<- take this"), run.out());
    assertTrue(run.out().contains("Train with --lr"), run.out());
    assertFalse(run.out().contains("diverged"), run.out());
    assertNothingKept();
  }

  @Test
  void heldOutPairsDecideForARewardModel() {
    Run run = find("reward", pairs, "--held-out=0.4", "--batch=2", "--json");
    assertEquals(0, run.code(), run.err());
    assertEquals("validation", run.json().get("measure").getAsString());
    assertEquals(7, run.json().getAsJsonArray("trials").size());
    assertNothingKept();
  }

  @Test
  void optionsWithoutEffectAreRefused() {
    Run shown = find("grpo", data, "--reward=ended", "--show-every=1");
    assertEquals(2, shown.code());
    assertTrue(shown.err().contains("--show-every does not go with --find-rate"), shown.err());
    Run moving = find("grpo", data, "--reward=ended", "--beta=0.1", "--sync-reference=2");
    assertEquals(2, moving.code());
    assertTrue(moving.err().contains("the same reference"), moving.err());
  }
}
