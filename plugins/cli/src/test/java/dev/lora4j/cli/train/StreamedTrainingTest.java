package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training with {@code weights_memory}. */
class StreamedTrainingTest {
  private static final Pattern NEEDED = Pattern.compile("Give them (\\d+[kM]B) or more\\.");
  private static final int TRIES = 4;

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
  }

  private Run train(String memory) {
    return new SmallTraining(folder)
        .train(
            "--steps=2",
            "--overwrite",
            "--set=checkpointing=true",
            "--set=validation.split=0.5",
            "--set=validation.every=1",
            memory);
  }

  @Test
  void theBundledBaseTrainsTheSameAdapter() throws IOException {
    Path adapter = folder.resolve("style.safetensors");
    Run whole = train("--set=checkpointing=true");
    assertEquals(0, whole.code(), whole.err());
    Path expected = Files.move(adapter, folder.resolve("whole.safetensors"));
    String memory = "1kB";
    Run small = train("--weights-memory=" + memory);
    for (int tries = 0; small.code() != 0 && tries < TRIES; tries++) {
      Matcher needed = NEEDED.matcher(small.err());
      assertTrue(needed.find(), small.err());
      memory = needed.group(1);
      small = train("--set=weights_memory=" + memory);
    }
    assertEquals(0, small.code(), small.err());
    assertEquals(-1, Files.mismatch(expected, adapter), memory);
  }

  @Test
  void whatReadsAllWeightsIsRefused() {
    Run plain = new SmallTraining(folder).train("--steps=2", "--weights-memory=1GB");
    assertEquals(1, plain.code(), plain.err());
    assertTrue(plain.err().contains("set checkpointing = true."), plain.err());
    Run looking =
        new SmallTraining(folder)
            .train(
                "--steps=2",
                "--overwrite",
                "--set=checkpointing=true",
                "--weights-memory=1GB",
                "--set=adapter.init=eva");
    assertEquals(1, looking.code(), looking.err());
    assertTrue(looking.err().contains("look at all weights at once"), looking.err());
  }
}
