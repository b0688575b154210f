package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter that is there is trained further. */
class TrainFurtherTest {
  /** So little that nothing is learnt. */
  private static final String NOTHING = "--set=optimizer.rate=1e-30";

  @TempDir private Path folder;
  private Path old = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void adapter() throws IOException {
    Run.pictures(folder.resolve("pictures"));
    out = folder.resolve("style.safetensors");
    old = folder.resolve("old.safetensors");
    assertEquals(0, train("--steps=1", "--targets=attention").code());
    Files.move(out, old);
    Files.move(folder.resolve("style.run"), folder.resolve("old.run"));
  }

  private Run train(Object... more) {
    return new SmallTraining(folder).train(more);
  }

  private String identity(Run run) {
    assertEquals(0, run.code(), run.err());
    return run.out().replaceFirst("(?s).*identity (\\w+).*", "$1");
  }

  @Test
  void warmStartBeginsWithTheFilesFactors() throws IOException {
    Run run =
        train("--steps=1", NOTHING, "--set=adapter.warm_start=" + old, "--set=adapter.rank=8");
    assertTrue(run.err().contains("old.safetensors further: "), run.err());
    assertTrue(run.err().contains("layers, most of rank 2."), run.err());
    assertTrue(run.err().contains("adapter.rank = 8 (--set) has no effect"), run.err());
    String same = identity(run);
    try (Safetensors before = Safetensors.open(old);
        Safetensors after = Safetensors.open(out)) {
      assertEquals(before.tensors().keySet(), after.tensors().keySet());
      assertEquals("2", after.metadata().get("ss_network_dim"));
    }
    assertTrue(Run.of("inspect", old, Run.BASE).out().contains(same), "the old one's identity");
    assertNotEquals(
        same,
        identity(train("--steps=1", "--set=adapter.warm_start=" + old, "--overwrite")),
        "learnt");
  }

  @Test
  void otherLayersStartNewInAWarmStart() throws IOException {
    Run run =
        train(
            "--steps=1",
            "--set=adapter.warm_start=" + old,
            "--set=adapter.rank=3",
            "--targets=attention-feed-forward");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().matches("(?s).*most of rank 2; \\d+ more begin anew\\..*"), run.err());
    try (Safetensors before = Safetensors.open(old);
        Safetensors after = Safetensors.open(out)) {
      assertTrue(after.tensors().keySet().containsAll(before.tensors().keySet()), "all of them");
      assertTrue(after.tensors().size() > before.tensors().size(), "and more");
    }
  }

  @Test
  void stoppedRunResumesWithTheSameAdapterOnly() throws IOException {
    String from = "--set=adapter.warm_start=" + old;
    String whole = identity(train("--steps=3", from, "--set=save.keep=5"));
    Path checkpoints = folder.resolve("style.run/checkpoints");
    Files.delete(checkpoints.resolve("step-000003.safetensors"));
    Files.delete(checkpoints.resolve("step-000002.safetensors"));
    assertEquals(whole, identity(train("--steps=3", from, "--set=save.keep=5", "--resume")));

    Files.delete(checkpoints.resolve("step-000003.safetensors"));
    Path other = folder.resolve("other.safetensors");
    Files.move(out, other);
    Run refused =
        train("--steps=3", "--set=adapter.warm_start=" + other, "--set=save.keep=5", "--resume");
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("these have changed: settings"), refused.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void sdScriptsOptionsMeanTheSame() throws IOException {
    Path file = folder.resolve("run.toml");
    Files.writeString(
        file,
        """
        network_weights = "old.safetensors"
        dim_from_weights = true
        network_dim = 2
        reg_data_dir = ""
        sample_prompts = ""
        """);
    Run run = train(file, "--steps=1", NOTHING);
    assertTrue(run.err().contains("old.safetensors further: "), run.err());
    assertTrue(run.err().contains("dim_from_weights has no effect: ranks are always"), run.err());
    assertTrue(Run.of("inspect", old, Run.BASE).out().contains(identity(run)), "the same");
  }

  @Test
  void invalidWarmStartsAreRefusedBeforeTraining() throws IOException {
    Run method = train("--steps=1", "--set=adapter.warm_start=" + old, "--method=loha");
    assertEquals(1, method.code(), method.err());
    assertTrue(method.err().contains("it has lora there, which the method loha"), method.err());
    Run itself = train("--steps=1", "--set=adapter.warm_start=" + old, "--set=out=" + old);
    assertEquals(1, itself.code(), itself.err());
    assertTrue(itself.err().contains("Name another file to write"), itself.err());
    Run missing =
        train("--steps=1", "--set=adapter.warm_start=" + folder.resolve("none.safetensors"));
    assertEquals(1, missing.code(), missing.err());
    assertTrue(missing.err().contains("none.safetensors"), missing.err());
    assertFalse(Files.exists(out));
  }
}
