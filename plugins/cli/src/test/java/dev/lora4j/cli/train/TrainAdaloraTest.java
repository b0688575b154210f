package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.cli.adapter.TriedAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AdaLoRA leaves the directions that its target says, also in a run that was stopped. */
class TrainAdaloraTest {
  private static final int STEPS = 8;

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
                "--method=adalora",
                "--rank=4",
                "--steps=" + STEPS,
                "--compute=f32",
                "--set=adapter.settings={ target_r = 2, tinit = 1, tfinal = 2 }",
                "--set=save.every=1",
                "--set=save.keep=" + STEPS,
                "--set=previews.prompts=[]"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  @Test
  void leastImportantDirectionsAreTakenAwayAndRunsResume() throws IOException {
    Run run = train("--json");
    assertEquals(0, run.code(), run.err());
    String identity = run.json().get("identity").getAsString();
    Path style = folder.resolve("style.safetensors");
    JsonObject inspected = Run.of("inspect", style, "--json").json();
    JsonObject ranks = inspected.getAsJsonObject("ranks");
    long left = 0;
    long layers = 0;
    for (String rank : ranks.keySet()) {
      left += Long.parseLong(rank) * ranks.get(rank).getAsLong();
      layers += ranks.get(rank).getAsLong();
      assertTrue(Long.parseLong(rank) <= 4, ranks.toString());
    }
    // A layer without any direction has one that changes nothing.
    assertTrue(left >= 2 * layers && left <= 3 * layers, ranks.toString());
    assertTrue(ranks.size() > 1, "ranks differ: " + ranks);
    Files.delete(style);
    for (int later = 5; later <= STEPS; later++) {
      Files.delete(folder.resolve("style.run/checkpoints/step-00000" + later + ".safetensors"));
    }
    Run resumed = train("--json", "--resume");
    assertEquals(0, resumed.code(), resumed.err());
    assertEquals(identity, resumed.json().get("identity").getAsString());
    Run other = train("--resume", "--set=adapter.settings={ target_r = 1 }");
    assertNotEquals(0, other.code());
  }

  /** In PEFT's own form, which every command takes. */
  @Test
  void sizesAreStoredApartWhereThatIsAsked() throws IOException {
    Path out = folder.resolve("peft");
    Path pictures = Run.pictures(folder.resolve("pictures"));
    List<String> words =
        List.of(
            "train",
            "--images=" + pictures,
            "--base=" + Run.TINY_SD,
            "--method=adalora",
            "--compute=f32",
            "--rank=3",
            "--batch=1",
            "--steps=4",
            "--set=adapter.settings={ stored = \"adalora\", tinit = 1, tfinal = 1 }",
            "--set=data.resolution=32",
            "--set=data.bucket_reso_steps=16",
            "--set=previews.prompts=[]");
    List<String> other = new ArrayList<>(words);
    other.addAll(List.of("-o", folder.resolve("a.safetensors").toString()));
    Run refused = Run.of(other.toArray());
    assertEquals(1, refused.code(), refused.out());
    assertTrue(refused.err().contains("Write PEFT's layout"), refused.err());
    List<String> right = new ArrayList<>(words);
    right.addAll(List.of("--set=layout=peft", "-o", out.toString()));
    Run run = Run.of(right.toArray());
    assertEquals(0, run.code(), run.err());
    String config = Files.readString(out.resolve("adapter_config.json"));
    assertTrue(config.contains("\"peft_type\": \"ADALORA\""), config);
    assertTrue(config.contains("\"init_r\": 3"), config);
    TriedAdapter adapter = new TriedAdapter(out, "adalora", Run.TINY_SD, "tiny-sd");
    adapter.inspected();
    adapter.converted();
    adapter.computed();
    adapter.baked();
    adapter.used(
        "generate",
        "a ball",
        Run.BASE,
        "--lora=" + out,
        "--steps=1",
        "--compute=f32",
        "-o",
        folder.resolve("a.png"));
  }

  @Test
  void whatCannotBeTrainedIsRefusedBeforeTheFirstStep() throws IOException {
    Run little = train("--overwrite", "--set=adapter.settings={ tinit = 5, tfinal = 5 }");
    assertTrue(little.err().contains("the run has 8 steps"), little.err());
    Run more = train("--overwrite", "--set=adapter.settings={ target_r = 9 }");
    assertTrue(more.err().contains("give a rank above it"), more.err());
    Run averaged = train("--overwrite", "--optimizer=schedule_free_adamw");
    assertTrue(averaged.err().contains("averages the weights"), averaged.err());
    Run mean = train("--overwrite", "--set=optimizer.ema_decay=0.9");
    assertTrue(mean.err().contains("would bring back what the method adalora"), mean.err());
    assertTrue(!little.err().contains("encoding"), little.err());
  }
}
