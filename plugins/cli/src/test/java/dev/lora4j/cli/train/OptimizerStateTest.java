package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Optimizers with states in 8 bits and in a mapped file, from the command line. */
class OptimizerStateTest {
  @TempDir private Path folder;
  private Path out = Path.of("");

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
    out = folder.resolve("style.safetensors");
  }

  private byte[] trained(Object... more) throws IOException {
    Run run = new SmallTraining(folder).train(more);
    assertEquals(0, run.code(), run.err());
    return Files.readAllBytes(out);
  }

  private Path checkpoint(int step) {
    return folder.resolve("style.run/checkpoints/step-00000" + step + ".safetensors");
  }

  private byte[] whole(Object... more) throws IOException {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "train",
                "--images=" + folder.resolve("pictures"),
                "-o",
                out,
                Run.BASE,
                "--compute=f32",
                "--method=full",
                "--targets=all",
                "--steps=2",
                "--batch=1",
                "--set=previews.prompts=[]"));
    words.addAll(List.of(more));
    Run run = Run.of(words.toArray());
    assertEquals(0, run.code(), run.err());
    return Files.readAllBytes(out);
  }

  @Test
  void pagedStateGivesTheBytesOfOneInMemory() throws IOException {
    byte[] memory = whole("--optimizer=AdamW8bit");
    try (Safetensors state = Safetensors.open(checkpoint(2))) {
      assertEquals(DType.U8, state.tensors().get("mean_codes").dtype());
      assertTrue(state.tensors().get("mean_codes").shape().elements() > 0);
    }
    assertArrayEquals(memory, whole("--optimizer=paged_adamw_8bit", "--overwrite"));
    String[] left = folder.resolve("style.run/checkpoints").toFile().list();
    assertArrayEquals(new String[] {"step-000002.safetensors"}, left);
  }

  @Test
  void runResumesWithItsStateInTheOtherPlace() throws IOException {
    byte[] whole = trained("--steps=3", "--optimizer=lion8bit", "--set=save.keep=5");
    Files.delete(checkpoint(3));
    Files.delete(out);
    // As a run that was killed leaves it where a mapped file keeps its name.
    Path left = folder.resolve("style.run/checkpoints/optimizer-state-1.mapped");
    Files.write(left, new byte[10]);
    byte[] resumed =
        trained(
            "--steps=3",
            "--optimizer=lion8bit",
            "--set=save.keep=5",
            "--optimizer-state=mapped",
            "--resume");
    assertArrayEquals(whole, resumed);
    assertFalse(Files.exists(left));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--optimizer-state=mapped", "--set=optimizer.state=mapped"})
  void planSaysWhereTheStateLies(String place) {
    Run plan =
        Run.of(
            "plan",
            "--out=" + out,
            "--images=" + folder.resolve("pictures"),
            Run.BASE,
            "--optimizer=adamw",
            place);
    assertEquals(0, plan.code(), plan.err());
    assertTrue(plan.out().contains("in a file beside the checkpoints"), plan.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--optimizer-state=disk", "--set=optimizer.state=disk"})
  void unknownPlaceIsRefused(String place) {
    Run run = new SmallTraining(folder).train("--steps=1", place);
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains("memory, mapped"), run.err());
  }
}
