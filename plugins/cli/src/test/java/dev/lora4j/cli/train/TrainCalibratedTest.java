package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranks and first factors that the pictures decide, also in a run that was stopped. */
class TrainCalibratedTest {
  private static final int STEPS = 4;

  @TempDir private Path folder;

  private Run train(Object... more) throws IOException {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "train",
                "--images=" + Run.pictures(folder.resolve("pictures")),
                "-o",
                folder.resolve("style.safetensors"),
                Run.BASE,
                "--targets=attention",
                "--rank=2",
                "--steps=" + STEPS,
                "--compute=f32",
                "--set=save.every=1",
                "--set=save.keep=" + STEPS,
                "--set=previews.prompts=[]"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "--set=adapter.rank_rule=by-energy, lora4j_ranks, by-energy, Ranks by the energy of gradients",
    "--set=adapter.init=eva, lora4j_init, eva, Ranks by the variation of inputs",
    "--set=adapter.init=lora-ga, lora4j_init, lora_ga, First factors by the gradients",
    "--set=adapter.init=corda, lora4j_init, corda, First factors by the weights and the inputs"
  })
  void picturesDecideAndAResumedRunKeepsIt(String set, String key, String value, String told)
      throws IOException {
    Run run = train("--json", set);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains(told), run.err());
    String identity = run.json().get("identity").getAsString();
    Path style = folder.resolve("style.safetensors");
    JsonObject inspected = Run.of("inspect", style, "--json").json();
    if (!Set.of("lora_ga", "corda").contains(value)) {
      assertTrue(inspected.getAsJsonObject("ranks").size() > 1, inspected.toString());
    }
    assertTrue(
        Files.readString(style, StandardCharsets.ISO_8859_1)
            .contains("\"" + key + "\":\"" + value + "\""),
        inspected.toString());
    Files.delete(style);
    for (int later = 3; later <= STEPS; later++) {
      Files.delete(folder.resolve("style.run/checkpoints/step-00000" + later + ".safetensors"));
    }
    Run resumed = train("--json", "--resume", set);
    assertEquals(0, resumed.code(), resumed.err());
    assertTrue(resumed.err().contains("are those of before"), resumed.err());
    assertEquals(identity, resumed.json().get("identity").getAsString());
    Run other = train("--resume", set, "--set=adapter.calibration_batches=2");
    assertNotEquals(0, other.code(), other.err());
    assertTrue(other.err().contains("calibration_batches"), other.err());
  }

  @Test
  void plansSayWhatIsDecidedFirst() throws IOException {
    Run energy =
        Run.of(
            "plan",
            "--images=" + Run.pictures(folder.resolve("pictures")),
            "-o",
            folder.resolve("style.safetensors"),
            Run.BASE,
            "--set=adapter.init=lora_ga",
            "--targets=attention",
            "--rank=2",
            "--set=adapter.rank_rule=by_energy",
            "--set=adapter.rank_max=3");
    assertEquals(0, energy.code(), energy.err());
    assertTrue(
        energy.out().contains("each layer from 1 to 3, no more numbers in all"), energy.out());
    assertTrue(energy.out().contains("first factors by gradients (lora_ga)"), energy.out());
  }

  @ParameterizedTest
  @CsvSource({
    "--set=adapter.eva_rho=2, adapter.eva_rho has an effect with adapter.init = eva alone",
    "--set=adapter.rank_max=2, adapter.rank_max has an effect with adapter.rank_rule",
    "--set=adapter.corda_method=kpm, adapter.corda_method has an effect with adapter.init = corda",
    "--set=adapter.lora_ga_gamma=2, adapter.lora_ga_gamma has an effect with",
    "--set=adapter.calibration_batches=2, adapter.calibration_batches has an effect with"
  })
  void keysWithoutEffectAreRefused(String set, String told) throws IOException {
    Run run = train(set);
    assertNotEquals(0, run.code());
    assertTrue(run.err().contains(told), run.err());
  }
}
