package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HydraLoRA is trained, resumed, used unmerged, and refused where a weight would have it. */
class TrainHydraTest {
  private static final int STEPS = 6;

  @TempDir private Path folder;
  private Path adapter;
  private Path book;

  @BeforeEach
  void begin() throws IOException {
    adapter = folder.resolve("hydra");
    book = Files.writeString(folder.resolve("book.txt"), "The cat sat on the mat. ".repeat(60));
  }

  private Run train(Object... more) {
    return train(adapter, more);
  }

  private Run train(Path out, Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "text",
                "train",
                "--data=" + book,
                "-o",
                out,
                "--base=" + TinyLm.folder(),
                "--method=hydra:heads=3",
                "--rank=2",
                "--lr=5e-3",
                "--steps=" + STEPS,
                "--save-every=2",
                "--max-length=32",
                "--pack",
                "--json"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  private Run text(Object... words) {
    List<Object> all = new ArrayList<>(List.of("text"));
    all.addAll(List.of(words));
    all.addAll(List.of("--base=" + TinyLm.folder(), "--lora=" + adapter));
    return Run.of(all.toArray());
  }

  @Test
  void itLearnsRunsBesideItsBaseAndIsNeverMerged() {
    Run run = train();
    assertEquals(0, run.code(), run.err());
    Run inspected = Run.of("inspect", adapter, "--all");
    assertTrue(inspected.out().contains("of 3, mixed by a router"), inspected.out());
    assertTrue(inspected.out().contains("hydra, rank 2, heads 3, alpha 2"), inspected.out());
    assertTrue(inspected.out().contains("depends on the inputs of layers"), inspected.out());
    JsonObject found = Run.of("inspect", adapter, "--json").json();
    assertEquals(
        found.get("ranks").getAsJsonObject().get("2"), found.getAsJsonObject("heads").get("3"));
    Run scored = text("evaluate", "--data", book, "--pack", "--json");
    assertEquals(0, scored.code(), scored.err());
    double base = scored.json().get("base").getAsDouble();
    assertTrue(scored.json().get("adapters").getAsDouble() < 0.9 * base, scored.out());
    Run several = text("generate", "The", "One", "--max-new-tokens=4");
    assertEquals(0, several.code(), several.err());
    Path merged = folder.resolve("merged");
    Run refused = text("merge", "-o", merged);
    assertEquals(1, refused.code(), refused.out());
    assertTrue(refused.err().contains("cannot be merged"), refused.err());
    assertTrue(refused.err().contains("text generate --lora"), refused.err());
    assertFalse(Files.exists(merged), "nothing is left of it");
  }

  @Test
  void resumedRunsGiveTheSameBits() throws IOException {
    Run run = train();
    assertEquals(0, run.code(), run.err());
    String identity = Run.of("inspect", adapter, "--json").json().get("identity").getAsString();
    Files.delete(adapter.resolve("adapter_model.safetensors"));
    Files.delete(adapter.resolve("adapter_config.json"));
    Files.delete(adapter);
    Path checkpoints = folder.resolve("hydra.run/checkpoints");
    Files.delete(checkpoints.resolve("step-000006.safetensors"));
    Run resumed = train("--resume");
    assertEquals(0, resumed.code(), resumed.err());
    assertEquals(
        identity, Run.of("inspect", adapter, "--json").json().get("identity").getAsString());
    Run other = train("--resume", "--method=hydra:heads=2");
    assertNotEquals(0, other.code(), other.out());
  }

  @Test
  void whatCannotBeUsedIsRefusedBeforeTheFirstStep() {
    Run whole = train("--layout=transformers");
    assertEquals(1, whole.code(), whole.out());
    assertTrue(whole.err().contains("Write the adapter: --layout peft"), whole.err());
    Run flat = train(folder.resolve("flat.safetensors"), "--layout=kohya");
    assertTrue(flat.err().contains("Write PEFT's layout"), flat.err());
    assertFalse(flat.err().contains("--layout transformers"), flat.err());
    Run many = train("--method=hydra:heads=65");
    assertEquals(2, many.code(), many.err());
    assertFalse(Files.exists(adapter));
  }

  @Test
  void textEncodersOfPicturesAreRefused() throws IOException {
    Run run =
        Run.of(
            "train",
            "--images=" + Run.pictures(folder.resolve("pictures")),
            "-o",
            folder.resolve("style"),
            Run.BASE,
            "--method=hydra",
            "--set=layout=peft",
            "--set=adapter.text_encoder=true",
            "--compute=f32",
            "--steps=1",
            "--set=previews.prompts=[]");
    assertNotEquals(0, run.code(), run.out());
    assertTrue(run.err().contains("hydra cannot train text_encoder"), run.err());
  }
}
