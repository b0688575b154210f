package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A style is trained while another adapter is active. */
class TrainingAdapterRunTest {
  @TempDir private Path folder;
  private Path adapter = Path.of("");
  private Path active = Path.of("");

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
    adapter = folder.resolve("style.safetensors");
    active = folder.resolve("active.safetensors");
    Run made = new SmallTraining(folder).train("--targets=attention", "--steps=2", "--lr=0.1");
    assertEquals(0, made.code(), made.err());
    Files.move(adapter, active);
  }

  private Run train(Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "--targets=linear",
                "--steps=2",
                "--overwrite",
                "--set=save.keep=5",
                "--set=training_adapter.file=" + active));
    words.addAll(List.of(more));
    return new SmallTraining(folder).train(words.toArray());
  }

  private static String identity(Run run) {
    assertEquals(0, run.code(), run.err());
    return run.out().replaceFirst("(?s).*identity (\\w+).*", "$1");
  }

  @Test
  void runIsToldRecordedAndPartOfItsIdentity() throws IOException {
    Run whole = train("--set=training_adapter.weight=0.5");
    String identity = identity(whole);
    assertTrue(
        whole.err().contains("active at weight 0.5, which the adapter will not"), whole.err());
    try (Safetensors file = Safetensors.open(adapter)) {
      assertEquals("active", file.metadata().get("lora4j_training_adapter"));
      assertEquals("0.5", file.metadata().get("lora4j_training_adapter_weight"));
    }
    Run inspected = Run.of("inspect", adapter, Run.BASE);
    assertTrue(inspected.out().contains("with the training adapter: active"), inspected.out());
    Files.delete(folder.resolve("style.run/checkpoints/step-000002.safetensors"));
    Path another = folder.resolve("another.safetensors");
    Files.move(adapter, another);
    Object[] other = {"--set=training_adapter.weight=1", "--resume"};
    Run refused = resume(other);
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("training adapter"), refused.err());
    Object[] file = {
      "--set=training_adapter.file=" + another, "--set=training_adapter.weight=0.5", "--resume"
    };
    Run changed = resume(file);
    assertEquals(1, changed.code(), changed.err());
    assertTrue(changed.err().contains("training adapter"), changed.err());
    Run resumed = resume("--set=training_adapter.weight=0.5", "--resume");
    assertEquals(identity, identity(resumed));
  }

  private Run resume(Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "--targets=linear",
                "--steps=2",
                "--set=save.keep=5",
                "--set=training_adapter.file=" + active));
    words.addAll(List.of(more));
    return new SmallTraining(folder).train(words.toArray());
  }

  @Test
  void previewsHaveItWhereTheyAreToHaveIt() throws IOException {
    Object[] shown = {
      "--set=previews.prompts=[\"a fox\"]", "--set=previews.steps=1", "--set=previews.strengths=1"
    };
    assertEquals(0, train(shown).code());
    Path sheet = folder.resolve("style.run/previews/step-000000.png");
    byte[] without = Files.readAllBytes(sheet);
    List<Object> words = new ArrayList<>(List.of(shown));
    words.add("--set=training_adapter.previews=true");
    Run with = train(words.toArray());
    assertEquals(0, with.code(), with.err());
    assertFalse(Arrays.equals(without, Files.readAllBytes(sheet)));
  }

  @Test
  void quantisedBaseKeepsItBeside() {
    assertEquals(0, train("--base-precision=int8").code());
    Run method = train("--base-precision=int8", "--method=dora");
    assertEquals(0, method.code(), method.err());
  }

  @Test
  void whatDoesNotGoWithItIsRefused() throws IOException {
    Files.copy(active, adapter);
    Run same = train("--set=training_adapter.file=" + adapter);
    assertTrue(same.err().contains("the training adapter"), same.err());
    Run slider = train("--preset=slider", "--set=slider.positive=old");
    assertTrue(slider.err().contains("training_adapter.file does not go with"), slider.err());
    Run zero = train("--set=training_adapter.weight=0");
    assertTrue(zero.err().contains("training_adapter.weight is 0"), zero.err());
  }
}
