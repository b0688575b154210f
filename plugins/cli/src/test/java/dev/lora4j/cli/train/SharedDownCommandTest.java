package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings of pictures that use the down factors of another adapter. */
class SharedDownCommandTest {
  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init")
  private Path out;

  @SuppressWarnings("NullAway.Init")
  private Path other;

  @BeforeEach
  void adapter() throws IOException {
    Run.pictures(folder.resolve("pictures"));
    out = folder.resolve("style.safetensors");
    other = folder.resolve("other.safetensors");
    // Of another type than the adapter that shares its A.
    assertEquals(0, train("--steps=1", "--targets=attention", "--dtype=bf16").code());
    Files.move(out, other);
    Files.move(folder.resolve("style.run"), folder.resolve("other.run"));
  }

  private Run train(Object... more) {
    return new SmallTraining(folder).train(more);
  }

  private Run sharing(Object... more) {
    Object[] all = new Object[more.length + 2];
    all[0] = "--shared-a=" + other;
    all[1] = "--targets=attention";
    System.arraycopy(more, 0, all, 2, more.length);
    return train(all);
  }

  private static String identity(Run run) {
    assertEquals(0, run.code(), run.err());
    return run.out().replaceFirst("(?s).*identity (\\w+).*", "$1");
  }

  @Test
  void theFileHasTheOtherFilesDownFactors() throws IOException {
    Run run = sharing("--steps=2", "--dtype=f16");
    identity(run);
    assertTrue(run.err().contains("Uses the A of " + other), run.err());
    int downs = 0;
    try (Safetensors before = Safetensors.open(other);
        Safetensors after = Safetensors.open(out)) {
      assertEquals(before.tensors().keySet(), after.tensors().keySet());
      for (TensorInfo tensor : before.tensors().values()) {
        if (tensor.name().endsWith("lora_down.weight")) {
          downs++;
          TensorInfo same = Objects.requireNonNull(after.tensors().get(tensor.name()));
          assertEquals(tensor.dtype(), same.dtype());
          assertArrayEquals(before.bytes(tensor.name()), after.bytes(tensor.name()));
        } else if (tensor.name().endsWith("lora_up.weight")) {
          assertFalse(Arrays.equals(before.bytes(tensor.name()), after.bytes(tensor.name())));
        }
      }
    }
    assertTrue(downs > 4, downs + " layers");
    Path store = folder.resolve("all.store");
    assertEquals(0, Run.of("store", "add", store, other, out).code());
    long shared = Run.of("store", "stats", store, "--json").json().get("sharedObjects").getAsLong();
    assertTrue(shared >= downs, shared + " of " + downs);
    Run picture =
        Run.of(
            List.of(
                    "generate",
                    "a ball",
                    Run.BASE,
                    "--lora",
                    out,
                    "--steps",
                    2,
                    "--size",
                    "32x32",
                    "-o",
                    folder.resolve("a.png"))
                .toArray());
    assertEquals(0, picture.code(), picture.err());
  }

  @Test
  void stoppedRunResumesWithTheSameDownAlone() throws IOException {
    String whole = identity(sharing("--steps=3", "--set=save.keep=5"));
    Path checkpoints = folder.resolve("style.run/checkpoints");
    Files.delete(checkpoints.resolve("step-000003.safetensors"));
    Files.delete(checkpoints.resolve("step-000002.safetensors"));
    assertEquals(whole, identity(sharing("--steps=3", "--set=save.keep=5", "--resume")));
    Files.delete(checkpoints.resolve("step-000003.safetensors"));
    Files.move(out, other, StandardCopyOption.REPLACE_EXISTING);
    Run same = sharing("--steps=3", "--set=save.keep=5", "--resume");
    assertEquals(1, same.code(), same.err());
    assertTrue(same.err().contains("these have changed"), same.err());
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeTraining() {
    Run rank = sharing("--steps=1", "--set=adapter.rank=4");
    assertEquals(1, rank.code(), rank.err());
    assertTrue(rank.err().contains("train with rank 2 there"), rank.err());
    Run layers = train("--steps=1", "--shared-a=" + other, "--targets=attention-feed-forward");
    assertTrue(layers.err().contains("has no LoRA at unet."), layers.err());
    Run method = sharing("--steps=1", "--method=loha");
    assertEquals(2, method.code(), method.err());
    assertTrue(method.err().contains("the method is loha"), method.err());
    Run none = train("--steps=1", "--shared-a=" + folder.resolve("othr.safetensors"));
    assertEquals(1, none.code());
    assertTrue(none.err().contains("Did you mean"), none.err());
    Run itself = train("--steps=1", "--shared-a=" + other, "--set=output=" + other);
    assertEquals(1, itself.code(), itself.err());
    assertTrue(itself.err().contains("is the adapter whose A is used"), itself.err());
    assertFalse(Files.exists(out));
  }

  /** Half of the numbers, of layers with as many inputs as outputs. */
  @Test
  void planTellsHowManyNumbersAreTrained() {
    long both = numbers("--rank=2");
    // The rank is that of the file.
    long one = numbers("--shared-a=" + other);
    long drawn = numbers("--method=lora-fa", "--rank=2");
    assertTrue(one < 0.6 * both, one + " of " + both);
    assertEquals(one, drawn);
  }

  private long numbers(String... more) {
    Object[] words = new Object[6 + more.length];
    List<Object> first =
        List.of(
            "plan",
            "--images=" + folder.resolve("pictures"),
            "-o=" + out,
            Run.BASE,
            "--targets=attention",
            "--json");
    for (int i = 0; i < words.length; i++) {
      words[i] = i < first.size() ? first.get(i) : more[i - first.size()];
    }
    Run run = Run.of(words);
    assertEquals(0, run.code(), run.err());
    return run.json().get("numbers").getAsLong();
  }
}
