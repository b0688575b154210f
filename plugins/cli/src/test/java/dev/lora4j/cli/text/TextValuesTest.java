package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code text align ppo} on the bundled model. */
class TextValuesTest {
  private static final String REWARD = "--reward=regex:pattern=e";

  @TempDir private Path folder;
  private Path data = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void places() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String who : List.of("The captain", "The whale", "Ishmael", "The mate", "Queequeg")) {
      lines.append("{\"prompt\": \"%s\"}%n".formatted(who));
    }
    data = Files.writeString(folder.resolve("prompts.jsonl"), lines);
    out = folder.resolve("rewarded");
  }

  private Run align(Object... words) {
    List<Object> all = new ArrayList<>(List.of("text", "align"));
    all.addAll(List.of(words));
    all.addAll(List.of("--data", data, "-o", out, "--rank=4", "--seed=1"));
    return Run.of(all.toArray());
  }

  private List<JsonObject> completions() throws IOException {
    return Files.readAllLines(folder.resolve("rewarded.run/completions.jsonl")).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  /** Two generations of four steps, each of 4 batches of all four prompts. */
  @Test
  void modelWritesWhatIsRewarded() throws IOException {
    Run run =
        align(
            "ppo",
            REWARD,
            "--steps=8",
            "--max-new-tokens=8",
            "--lr=1e-2",
            "--held-out=0.2",
            "--validate-every=4",
            "--show-every=4",
            "--save-every=4",
            "--json");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("A value head learns beside the adapter"), run.err());
    assertTrue(run.err().contains("32 prompts, each with a completion"), run.err());
    assertTrue(run.err().contains("The reference is the base"), run.err());
    assertTrue(run.err().contains("Step 5, a prompt: "), run.err());
    assertTrue(run.json().getAsJsonObject("heldOut").has("rewards/regex/mean"), run.out());
    assertEquals(2 * 4 * 4, completions().size());
    List<String> table = Files.readAllLines(folder.resolve("rewarded.run/measures.csv"));
    assertEquals(9, table.size());
    List<String> names = Arrays.asList(table.get(0).split(",", -1));
    for (String name : List.of("objective/kl", "loss/value_avg", "val/ratio")) {
      assertTrue(names.contains(name), table.get(0));
    }
    String[] first = table.get(1).split(",", -1);
    assertEquals(1, Double.parseDouble(first[names.indexOf("val/ratio")]), 1e-4);
    try (Safetensors written = Safetensors.open(out.resolve("adapter_model.safetensors"))) {
      assertFalse(written.tensors().keySet().toString().contains("value"), "no head is written");
    }
    Run used = Run.of("text", "generate", "The captain", "--lora", out, "--max-new-tokens=4");
    assertEquals(0, used.code(), used.err());
  }

  /** What the head had learned is there again, as the adapter has the same bits. */
  @Test
  void resumedRunHasTheSameBits() throws IOException {
    Object[] asked = {
      "ppo",
      REWARD,
      "--steps=6",
      "--save-every=2",
      "--iterations=2",
      "--generations=2",
      "--batch=2",
      "--max-new-tokens=6",
      "--held-out=0",
      "--json"
    };
    Run whole = align(asked);
    assertEquals(0, whole.code(), whole.err());
    String identity = whole.json().get("identity").getAsString();
    List<JsonObject> written = completions();
    assertEquals((2 + 2 + 1) * 2, written.size(), "all five prompts");
    try (Stream<Path> files = Files.walk(folder)) {
      Path last =
          files
              .filter(f -> f.toString().contains("checkpoints") && f.toString().contains("6"))
              .filter(Files::isRegularFile)
              .findFirst()
              .orElseThrow();
      Files.delete(last);
    }
    Files.move(out, folder.resolve("whole"));
    List<Object> going = new ArrayList<>(List.of(asked));
    going.add("--resume");
    Run again = align(going.toArray());
    assertEquals(0, again.code(), again.err());
    assertTrue(again.err().contains("Going on after step 4"), again.err());
    assertEquals(identity, again.json().get("identity").getAsString());
    assertEquals(written, completions());
  }

  @Test
  void runFileHasItsKeys() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("run.toml"),
            """
            method = "ppo"
            reward = ["regex:pattern=e"]
            data = "prompts.jsonl"
            output = "first"
            rank = 2
            steps = 1
            max-new-tokens = 4
            held-out = 0
            gamma = 0.99
            lambda = 0.9
            value-clip = 0.3
            value-coef = 0.5
            """);
    Run run = Run.of("text", "align", file, "--json");
    assertEquals(0, run.code(), run.err());
    Path said = folder.resolve("first.run/run.toml");
    assertTrue(Files.readString(said).contains("lambda = 0.9"), Files.readString(said));
    Path copy = Files.copy(said, folder.resolve("copy.toml"));
    Files.move(folder.resolve("first"), folder.resolve("kept"));
    Run again = Run.of("text", "align", copy, "--overwrite", "--json");
    assertEquals(0, again.code(), again.err());
    assertEquals(identity(run), identity(again));
    Files.move(folder.resolve("first"), folder.resolve("again"));
    Run other = Run.of("text", "align", copy, "--overwrite", "--json", "--lambda=0.5");
    assertEquals(0, other.code(), other.err());
    assertNotEquals(identity(run), identity(other), "lambda counts");
    Run grpo = Run.of("text", "align", "grpo", copy, "--overwrite");
    assertTrue(grpo.err().contains("does not go with grpo"), grpo.err());
  }

  @Test
  void mistakesAreNamedBeforeTheModelIsLoaded() throws IOException {
    assertTold(align("ppo"), "ppo needs a reward");
    assertTold(align("ppo", REWARD, "--importance=sequence"), "ratios are of tokens");
    assertTold(align("ppo", REWARD, "--entropy-coef=0.1"), "--entropy-coef does not go with ppo");
    assertTold(
        align("ppo", REWARD, "--scale-rewards=none"), "--scale-rewards does not go with ppo");
    assertTold(align("ppo", REWARD, "--loss=dapo"), "The loss dapo is none of ppo; take ppo.");
    assertTold(align("grpo", REWARD, "--loss=ppo"), "The loss ppo is none of grpo");
    assertTold(align("ppo", REWARD, "--loss=ppo:epsilon=2"), "epsilon");
    assertTold(align("ppo", REWARD, "--gamma=1.5"), "gamma must be from 0 to 1, found 1.5");
    assertTold(align("ppo", REWARD, "--lambda=-1"), "lambda must be from 0 to 1");
    assertTold(align("ppo", REWARD, "--value-clip=0"), "above 0 from what they were");
    assertTold(align("ppo", REWARD, "--value-coef=-1"), "coefficient of the value loss");
    assertTold(align("ppo", REWARD, "--generations=0"), "at least 1 completion");
    assertTold(align("ppo", REWARD, "--beta=-1"), "beta must be 0 or above");
    assertTold(align("ppo", REWARD, "--keep-best"), "no validation loss");
    assertTold(
        align("ppo", REWARD, "--sync-reference=4", "--beta=0"), "ppo, which has no reference");
    for (String method : List.of("dpo", "kto", "distill", "reward")) {
      assertTold(align(method, "--lambda=0.9"), "--lambda does not go with " + method);
    }
    for (String method : List.of("grpo", "rloo")) {
      assertTold(align(method, REWARD, "--value-coef=1"), "does not go with " + method);
    }
    Files.writeString(data, "{\"prompt\": \"a\"}\n{\"question\": \"b\"}\n");
    assertTold(align("ppo", REWARD), "line 2 has no 'prompt' among its keys question");
  }

  /** Trials begin with a new head each, and the rewards of what they write compare them. */
  @Test
  void ratesAreComparedByRewards() {
    Run run =
        align(
            "ppo",
            REWARD,
            "--find-rate",
            "--find-steps=2",
            "--max-new-tokens=2",
            "--held-out=0",
            "--batch=2",
            "--gradient-accumulation=1");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().startsWith("rate       alpha    reward"), run.out());
    assertTrue(run.out().contains(" reward of the last quarter"), run.out());
    assertTrue(run.out().contains("rates.png  how the rewards went"), run.out());
  }

  private static String identity(Run run) {
    return run.json().get("identity").getAsString();
  }

  private static void assertTold(Run run, String words) {
    assertTrue(run.code() != 0, run.out());
    assertTrue(run.err().contains(words), run.err());
  }
}
