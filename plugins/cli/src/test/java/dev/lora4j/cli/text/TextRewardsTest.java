package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code text align grpo} and {@code rloo} on the bundled model. */
class TextRewardsTest {
  @TempDir private Path folder;
  private Path data = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void places() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String who : List.of("The captain", "The whale", "Ishmael", "The mate", "Queequeg")) {
      lines.append("{\"prompt\": \"%s\", \"answer\": \"sea\", \"page\": 7}%n".formatted(who));
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

  @Test
  void modelWritesWhatIsRewarded() throws IOException {
    Run run =
        align(
            "grpo",
            "--reward=regex:pattern=e",
            "--reward=length:most=4,limit=12,weight=0.5",
            "--steps=8",
            "--generations=4",
            "--max-new-tokens=8",
            "--lr=1e-2",
            "--held-out=0.2",
            "--validate-every=4",
            "--show-every=4",
            "--json");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("4 prompts; 1 held out. Rewards: regex, length."), run.err());
    assertTrue(run.err().contains("4 prompts, each with 4 completions"), run.err());
    assertTrue(run.err().contains("There is no reference"), run.err());
    assertTrue(run.err().contains("Step 5, a prompt: "), run.err());
    assertTrue(run.json().getAsJsonObject("heldOut").has("rewards/length/mean"), run.out());
    assertTrue(run.json().getAsJsonObject("untrained").has("reward"), run.out());
    List<JsonObject> all = completions();
    assertEquals(8 * 4 * 4, all.size());
    JsonObject first = all.get(0);
    double reward = first.get("reward").getAsDouble();
    JsonObject own = first.getAsJsonObject("rewards");
    assertEquals(
        own.get("regex").getAsDouble() + 0.5 * own.get("length").getAsDouble(), reward, 1e-12);
    List<String> table = Files.readAllLines(folder.resolve("rewarded.run/measures.csv"));
    assertEquals(9, table.size());
    assertTrue(
        table.get(0).startsWith("step,reward,reward_std,frac_reward_zero_std"), table.get(0));
    Run used = Run.of("text", "generate", "The captain", "--lora", out, "--max-new-tokens=4");
    assertEquals(0, used.code(), used.err());
  }

  /** Completions after the checkpoint are written again, to the same letters. */
  @Test
  void resumedRunHasTheSameBits() throws IOException {
    Object[] asked = {
      "rloo",
      "--reward=regex:pattern=e",
      "--steps=6",
      "--save-every=2",
      "--iterations=2",
      "--generations=3",
      "--max-new-tokens=6",
      "--held-out=0",
      "--json"
    };
    Run whole = align(asked);
    assertEquals(0, whole.code(), whole.err());
    assertTrue(whole.err().contains("The reference is the base"), whole.err());
    String identity = whole.json().get("identity").getAsString();
    List<JsonObject> written = completions();
    assertEquals(3 * 4 * 3, written.size());
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
  void mistakesAreNamedBeforeTheModelIsLoaded() throws IOException {
    String reward = "--reward=regex:pattern=e";
    assertTold(align("grpo"), "grpo needs a reward");
    assertTold(align("dpo", reward), "--reward does not go with dpo");
    assertTold(align("dpo", "--generations=4"), "--generations does not go with dpo");
    assertTold(align("dpo", "--entropy-coef=0.1"), "--entropy-coef does not go with dpo");
    assertTold(align("kto", "--temperature=0.5"), "--temperature does not go with kto");
    assertTold(align("grpo", reward, "--divergence=forward_kl"), "--divergence");
    assertTold(align("grpo", reward, "--keep-best"), "no validation loss");
    assertTold(align("grpo", reward, "--pack"), "--pack");
    assertTold(align("grpo", reward, "--max-length=8"), "--max-new-tokens");
    assertTold(align("grpo", reward, "--generations=1"), "at least 2 completions");
    assertTold(align("grpo", reward, "--temperature=0"), "temperature above 0");
    assertTold(align("grpo", reward, "--loss=rloo"), "none of grpo");
    assertTold(align("grpo", reward, "--loss=sigmoid"), "sigmoid");
    assertTold(align("grpo", reward, "--loss=dapo", "--loss=grpo"), "takes one --loss");
    assertTold(align("rloo", reward, "--importance=sequence"), "whole completions");
    assertTold(align("rloo", reward, "--scale-rewards=group"), "none or batch");
    assertTold(
        align("rloo", reward, "--adaptive-entropy=1"), "--adaptive-entropy does not go with");
    assertTold(align("grpo", reward, "--adaptive-entropy=low"), "0.2:delta=0.005,min=0,max=1");
    assertTold(align("grpo", reward, "--adaptive-entropy=1:step=2"), "none of [delta, min, max]");
    assertTold(align("grpo", reward, "--adaptive-entropy=1:min=2"), "from min to max");
    assertTold(align("rloo", reward, "--entropy-coef=0.1"), "--entropy-coef does not go with rloo");
    assertTold(align("grpo", reward, "--top-entropy-quantile=2"), "from 0 to 1");
    assertTold(align("grpo", "--reward=regexx:pattern=e"), "regex");
    assertTold(align("grpo", "--reward=regex"), "pattern");
    assertTold(align("grpo", reward, reward), "twice");
    Files.writeString(data, "{\"prompt\": \"a\"}\n{\"question\": \"b\"}\n{\"prompt\": \"\"}\n");
    Run run = align("grpo", reward);
    assertTold(run, "line 2 has no 'prompt' among its keys question");
    assertTold(run, "line 3 has an empty text at 'prompt'");
    Files.writeString(data, "{\"prompt\": \"a\", \"numbers\": [1, null]}\n");
    assertTold(align("grpo", reward), "null in a list at 'numbers'");
  }

  private static void assertTold(Run run, String words) {
    assertTrue(run.code() != 0, run.out());
    assertTrue(run.err().contains(words), run.err());
  }
}
