package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
      })
  void anythingThatChangesAStepIsRefused(String change) throws IOException {
    unfinished();
    Run run = train("--steps=3", "--set=save.keep=5", "--resume", change);
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().contains("these have changed"), run.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void anUnfinishedRunIsNotLostByBeginningAnew() throws IOException {
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
  void aFinishedRunIsWrittenAgainFromItsLastCheckpoint() throws IOException {
    assertEquals(0, train("--steps=3").code());
    byte[] before = Files.readAllBytes(out);
    Files.delete(out);
    Files.delete(folder.resolve("style.run/log.csv"));
    Run again = train("--steps=3", "--resume");
    assertEquals(0, again.code(), again.err());
    assertEquals(-1, java.util.Arrays.mismatch(before, Files.readAllBytes(out)));
  }

  @Test
  void aRowOfAStepThatWasNotFiniteDoesNotStopARunFromGoingOn() throws IOException {
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
