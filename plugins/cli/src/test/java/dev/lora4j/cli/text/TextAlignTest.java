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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled language model learns which of two answers is better. */
class TextAlignTest {
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
    out = folder.resolve("better");
  }

  private Run align(Object... words) {
    List<Object> all = new ArrayList<>(List.of("text", "align"));
    all.addAll(List.of(words));
    all.addAll(List.of("--data", data, "-o", out, "--rank=4", "--batch=4", "--seed=1"));
    return Run.of(all.toArray());
  }

  @Test
  void modelPrefersWhatPeoplePrefer() throws IOException {
    Run run = align("dpo", "--steps=16", "--lr=5e-3", "--held-out=0.25", "--validate-every=4");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("The reference is the base"), run.err());
    assertTrue(
        run.out().contains("the greater reward in 100.0 % of pairs, 0.0 % before"), run.out());
    List<String> table = Files.readAllLines(folder.resolve("better.run/measures.csv"));
    assertEquals(17, table.size());
    assertTrue(table.get(0).startsWith("step,rewards/accuracies,rewards/margins,"), table.get(0));
    assertTrue(table.get(0).contains(",validation/rewards/accuracies,"), table.get(0));
    assertFalse(table.get(4).endsWith(",,,,,"), table.get(4));
    Run used = Run.of("text", "generate", "The captain", "--lora", out, "--max-new-tokens=4");
    assertEquals(0, used.code(), used.err());
  }

  @Test
  void trainedAdapterIsItsOwnReference() {
    Run first = align("simpo", "--steps=4");
    assertEquals(0, first.code(), first.err());
    assertTrue(first.err().contains("There is no reference: simpo"), first.err());
    Path further = folder.resolve("further");
    Run second =
        Run.of(
            "text",
            "align",
            "dpo",
            "--from",
            out,
            "--data",
            data,
            "-o",
            further,
            "--steps=2",
            "--batch=4",
            "--loss=sigmoid:weight=0.8",
            "--loss=sft",
            "--json");
    assertEquals(0, second.code(), second.err());
    assertTrue(second.err().contains("as it is now"), second.err());
    JsonObject report = second.json();
    assertTrue(report.getAsJsonObject("heldOut").has("rewards/accuracies"), report.toString());
    assertEquals(
        0,
        report.getAsJsonObject("untrained").get("rewards/margins").getAsDouble(),
        1e-3,
        report.toString());
  }

  /** The last checkpoint is of the last step; an earlier one is gone on with. */
  @Test
  void resumedRunHasTheSameBits() throws IOException {
    Run whole = align("dpo", "--steps=6", "--save-every=2", "--json");
    assertEquals(0, whole.code(), whole.err());
    String identity = whole.json().get("identity").getAsString();
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
    Run again = align("dpo", "--steps=6", "--save-every=2", "--json", "--resume");
    assertEquals(0, again.code(), again.err());
    assertTrue(again.err().contains("Going on after step 4"), again.err());
    assertEquals(identity, again.json().get("identity").getAsString());
  }

  @Test
  void referenceMayFollowTheModel() {
    Run run = align("dpo", "--steps=4", "--lr=5e-3", "--sync-reference=1:1", "--json");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("It follows the model: every 1 steps by 100 %."), run.err());
    assertEquals(Math.log(2), run.json().get("firstLoss").getAsDouble(), 1e-3);
    assertEquals(Math.log(2), run.json().get("lastLoss").getAsDouble(), 1e-3);
  }

  /** Later epochs need no reference, and the result is the same up to rounding. */
  @Test
  void referenceMayBeKept() {
    Run run =
        align(
            "dpo",
            "--steps=12",
            "--lr=5e-3",
            "--precompute-reference",
            "--ld-alpha=0.5",
            "--weighting=wpo",
            "--json");
    assertEquals(0, run.code(), run.err());
    JsonObject report = run.json();
    assertEquals(
        0,
        report.getAsJsonObject("untrained").get("rewards/margins").getAsDouble(),
        1e-3,
        report.toString());
    assertTrue(
        report.getAsJsonObject("heldOut").get("rewards/margins").getAsDouble() > 0.1,
        report.toString());
  }

  @Test
  void singleAnswersAreGoodOrBad() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String who : WHO) {
      for (String where : List.of("the sea", "the ship", "the boat")) {
        String line = "{\"prompt\": \"%s\", \"completion\": \" %s %s.\", \"label\": %s}%n";
        lines.append(line.formatted(who, "went down into", where, true));
        lines.append(line.formatted(who, "spoke of", where, false));
      }
    }
    Files.writeString(data, lines);
    Run run = align("kto", "--steps=16", "--lr=5e-3", "--held-out=0.2", "--json");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains(" of them good; 7 held out"), run.err());
    assertTrue(run.err().contains("The reference is the base"), run.err());
    JsonObject before = run.json().getAsJsonObject("untrained");
    JsonObject after = run.json().getAsJsonObject("heldOut");
    assertEquals(0, before.get("rewards/chosen").getAsDouble(), 1e-3);
    assertTrue(after.get("rewards/margins").getAsDouble() > 0.1, after.toString());
    assertTrue(after.has("kl"), after.toString());
    assertEquals(0.5, run.json().get("firstLoss").getAsDouble(), 0.02);
    assertTold(align("dpo", "--overwrite"), "Take kto for single answers");
    assertTold(align("kto", "--divergence=forward_kl"), "--divergence does not go with kto");
    assertTold(align("kto", "--loss=kto", "--loss=apo_zero_unpaired"), "takes one --loss");
    Files.writeString(data, "{\"prompt\": \"a\", \"completion\": \" b\", \"label\": \"yes\"}\n");
    assertTold(align("kto", "--overwrite"), "neither true nor false at 'label' but \"yes\"");
  }

  /** The message names the command that learns them; a task that was said is named first. */
  @Test
  void pairsAreNoTextsToTrainOn() {
    Run refused = Run.of("text", "train", "--data", data, "-o", out);
    assertEquals(1, refused.code());
    assertTold(refused, "Learn it by text align");
    Run task = Run.of("text", "train", "--data", data, "-o", out, "--task=write");
    assertEquals(1, task.code());
    assertTold(task, "and --task write learns ");
    assertFalse(Files.exists(out));
  }

  @Test
  void ratesAreTriedOnPairs() {
    Run run = align("dpo", "--find-rate", "--find-steps=2", "--held-out=0.25", "--json");
    assertEquals(0, run.code(), run.err());
    JsonObject found = run.json();
    assertEquals("validation", found.get("measure").getAsString());
    assertEquals(7, found.getAsJsonArray("trials").size());
    assertTrue(Files.exists(folder.resolve("better.run/rates.png")));
    assertFalse(Files.exists(out));
  }

  @Test
  void mistakesAreNamedBeforeTheModelIsLoaded() throws IOException {
    assertTold(align("dpo", "--find-rate", "--sync-reference=2"), "the same reference");
    assertTold(align("dpo", "--find-steps=2"), "--find-rate");
    assertTold(align("simpo", "--precompute-reference"), "which has none");
    assertTold(align("dpo", "--loss=simpo"), "None of the losses of dpo compares");
    assertTold(align("orpo", "--loss=sigmoid"), "orpo has no reference");
    assertTold(align("dpo", "--loss=sigmoyd"), "sigmoid");
    assertTold(align("dpo", "--beta=0"), "beta must be above 0");
    assertTold(align("dpo", "--ld-alpha=2"), "count at 0 to 1, found 2.0");
    assertTold(align("simpo", "--ld-alpha=0.5"), "--ld-alpha does not go with simpo");
    assertTold(align("kto", "--weighting=wpo"), "--weighting does not go with kto");
    assertTold(align("dpo", "--weighting=wpo", "--loss=aot"), "aot mixes the pairs");
    assertTold(align("dpo", "--weighting=tpo"), "expected one of wpo");
    assertTold(align("simpo", "--sync-reference=4"), "simpo, which has no reference");
    assertTold(align("grpo", "--sync-reference=4", "--reward=exact"), "without --beta above 0");
    assertTold(align("dpo", "--sync-reference=4:2"), "above 0 and up to 1 of the model, found 2.0");
    assertTold(
        align("dpo", "--sync-reference=4", "--precompute-reference"),
        "--sync-reference does not go with --precompute-reference");
    assertTold(align("dpo", "--divergence=kl"), "js_divergence");
    assertTold(align("dpo", "--divergence=forward_kl:alpha=1"), "alpha_divergence takes alpha=X");
    assertTold(align("dpo", "--divergence=alpha_divergence:alpha=much"), "must be a number");
    assertTold(align("dpo", "--loss=nca_pair", "--divergence=forward_kl"), "reverse KL alone");
    assertTold(align("ipo"), "dpo, cpo, simpo");
    Files.writeString(data, "{\"prompt\": \"a\", \"completion\": \"b\"}\n");
    assertTold(align("dpo"), "Learn it by text train");
    Files.writeString(data, "{\"prompt\": \"a\", \"chosen\": \" b\", \"rejected\": \" b\"}\n");
    for (String method : List.of("dpo", "orpo", "reward")) {
      Run equal = align(method, "--held-out=0");
      assertTold(equal, "line 1 has the same text");
      assertFalse(equal.err().contains("Loaded"), equal.err());
    }
  }

  private static void assertTold(Run run, String words) {
    assertTrue(run.code() != 0, run.out());
    assertTrue(run.err().contains(words), run.err());
  }
}
