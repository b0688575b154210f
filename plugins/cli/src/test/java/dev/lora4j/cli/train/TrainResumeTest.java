package dev.lora4j.cli.train;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run must have in common with the one that it goes on with, and what is not lost. */
class TrainResumeTest {
  @TempDir private Path folder;
  private Path out = Path.of("");

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
    out = folder.resolve("style.safetensors");
  }

  private Run train(Object... more) {
    return new SmallTraining(folder).train(more);
  }

  /** A run that came to its second step of three and stands in its folder unfinished. */
  private void unfinished() throws IOException {
    assertEquals(0, train("--steps=3", "--set=save.keep=5").code());
    Path checkpoints = folder.resolve("style.run/checkpoints");
    Files.delete(checkpoints.resolve("step-000003.safetensors"));
    Files.delete(out);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--set=batch=1",
        "--dropout=0.5",
        "--set=data.flip_aug=true",
        "--set=data.shuffle_caption=true",
        "--set=data.background=black",
        "--set=optimizer.rate=0.1",
        "--alpha=3",
        "--seed=4",
        "--prediction=epsilon",
      })
  void resumingWithChangedStepsIsRefused(String change) throws IOException {
    unfinished();
    byte[] begun = Files.readAllBytes(folder.resolve("style.run/run.toml"));
    Run run = train("--steps=3", "--set=save.keep=5", "--resume", change);
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().contains("these have changed"), run.err());
    assertFalse(run.err().contains("encoding"), "before anything heavy: " + run.err());
    assertFalse(Files.exists(out));
    assertArrayEquals(begun, Files.readAllBytes(folder.resolve("style.run/run.toml")));
  }

  @Test
  void changedSettingsAreNamedByKey() throws IOException {
    unfinished();
    Run run =
        train(
            "--steps=3",
            "--resume",
            "--set=save.keep=4",
            "--set=optimizer.rate=0.125",
            "--set=data.flip_aug=true");
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().contains("run.toml, optimizer.lr was "), run.err());
    assertTrue(run.err().contains(" and is 0.125"), run.err());
    assertTrue(run.err().contains("data.flip_aug was false and is true"), run.err());
    assertFalse(run.err().contains("save.keep was"), run.err());
  }

  /** What factors are rounded to in the end changes no step. */
  @Test
  void anotherStoredTypeResumesTheSameRun() throws IOException {
    unfinished();
    Run resumed = train("--steps=3", "--resume", "--dtype=f32");
    assertEquals(0, resumed.code(), resumed.err());
    assertTrue(resumed.err().contains("Going on after step 2."), resumed.err());
  }

  @Test
  void theFileOfARunGoesOnWithItAlone() throws IOException {
    unfinished();
    // In this type by the command line, which the file has to know.
    Path file = folder.resolve("style.run/run.toml");
    assertTrue(Files.readString(file).contains("compute = \"f32\""), Files.readString(file));
    Run resumed = Run.of("train", file, "--resume");
    assertEquals(0, resumed.code(), resumed.err());
    assertTrue(resumed.err().contains("Going on after step 2."), resumed.err());
  }

  /** A run whose data stands in its file; it goes on, if it has begun. */
  private Run described(String data) throws IOException {
    Path file = folder.resolve("described.toml");
    Files.writeString(file, data);
    return Run.of(
        "train",
        file,
        "-o",
        out,
        Run.BASE,
        "--compute=f32",
        "--rank=2",
        "--steps=3",
        "--resume",
        "--set=loss.masked=true",
        "--set=previews.prompts=[]",
        "--set=save.every=1",
        "--set=save.keep=5");
  }

  /** Goes back to the second step. */
  private void lastStepLost() throws IOException {
    Files.delete(folder.resolve("style.run/checkpoints/step-000003.safetensors"));
  }

  @Test
  void masksCountByContentNotByPath() throws IOException {
    Path masks = Run.pictures(folder.resolve("masks"));
    Run.pictures(folder.resolve("elsewhere"));
    String masked =
        """
        [[data.datasets]]
        [[data.datasets.subsets]]
        image_dir = "pictures"
        conditioning_data_dir = "masks"
        """;
    Run first = described(masked);
    assertEquals(0, first.code(), first.err());
    lastStepLost();
    Files.copy(masks.resolve("ball-1.png"), masks.resolve("ball-0.png"), REPLACE_EXISTING);
    Run other = described(masked);
    assertEquals(1, other.code(), other.err());
    assertTrue(other.err().contains("these have changed: pictures"), other.err());
    Run moved = described(masked.replace("masks", "elsewhere"));
    assertEquals(0, moved.code(), moved.err());
    assertTrue(moved.err().contains("Going on after step 2."), moved.err());
  }

  @Test
  void dataGroupsCountForTheRunsIdentity() throws IOException {
    Run.pictures(folder.resolve("more"));
    Files.delete(folder.resolve("more/ball-3.png"));
    String one =
        """
        [[data.datasets]]
        [[data.datasets.subsets]]
        image_dir = "pictures"
        [[data.datasets.subsets]]
        image_dir = "more"
        """;
    Run first = described(one);
    assertEquals(0, first.code(), first.err());
    lastStepLost();
    Run two =
        described(
            """
            [[data.datasets]]
            [[data.datasets.subsets]]
            image_dir = "pictures"
            [[data.datasets]]
            [[data.datasets.subsets]]
            image_dir = "more"
            """);
    assertEquals(1, two.code(), two.err());
    assertTrue(two.err().contains("these have changed: pictures"), two.err());
  }

  @Test
  void unfinishedRunIsNotOverwrittenByDefault() throws IOException {
    unfinished();
    Run refused = train("--steps=3");
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("came to step 2"), refused.err());
    assertTrue(refused.err().contains("--resume"), refused.err());
    Run resumed = train("--steps=3", "--resume");
    assertEquals(0, resumed.code(), resumed.err());
    assertTrue(resumed.err().contains("Going on after step 2."), resumed.err());
    assertTrue(Files.exists(out));
  }

  @Test
  void finishedRunIsNotOverwrittenByDefault() throws IOException {
    assertEquals(0, train("--steps=1").code());
    byte[] before = Files.readAllBytes(out);
    Run refused = train("--steps=1", "--seed=5");
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains(out + " is there already, and the run"), refused.err());
    for (String way : List.of("-o", "--set adapter.warm_start=" + out, "--overwrite")) {
      assertTrue(refused.err().contains(way), refused.err());
    }
    assertFalse(refused.err().contains("Loaded"), "before anything heavy: " + refused.err());
    assertArrayEquals(before, Files.readAllBytes(out));
    assertTrue(
        Files.exists(folder.resolve("style.run/checkpoints/step-000001.safetensors")),
        refused.err());
    assertEquals(0, train("--steps=1", "--seed=5", "--overwrite").code());
    assertFalse(Arrays.equals(before, Files.readAllBytes(out)));
  }

  @Test
  void finishedRunWithoutItsAdapterIsNotOverwritten() throws IOException {
    assertEquals(0, train("--steps=1").code());
    Files.delete(out);
    Run refused = train("--steps=1");
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("There is a finished run in"), refused.err());
    assertTrue(refused.err().contains("--resume writes its adapter again"), refused.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--json", "--resume"})
  void anAdapterOfAnotherIsNotWrittenOver(String more) throws IOException {
    Files.writeString(out, "of somebody");
    Run refused = train("--steps=1", more);
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains(out + " is there already. Write elsewhere"), refused.err());
    assertEquals("of somebody", Files.readString(out));
  }

  @Test
  void finishedRunRewritesItsLostAdapter() throws IOException {
    assertEquals(0, train("--steps=3").code());
    byte[] before = Files.readAllBytes(out);
    Files.delete(out);
    Files.delete(folder.resolve("style.run/log.csv"));
    Run again = train("--steps=3", "--resume");
    assertEquals(0, again.code(), again.err());
    assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(out)));
  }

  @Test
  void nonFiniteLogRowDoesNotPreventResuming() throws IOException {
    unfinished();
    Path log = folder.resolve("style.run/log.csv");
    List<String> rows = new ArrayList<>(Files.readAllLines(log));
    rows.set(1, "1,,Infinity,0.0,,0.0");
    Files.write(log, rows);
    Run resumed = train("--steps=3", "--resume");
    assertEquals(0, resumed.code(), resumed.err());
    assertEquals("1,,Infinity,0.0,,0.0", Files.readAllLines(log).get(1));
  }
}
