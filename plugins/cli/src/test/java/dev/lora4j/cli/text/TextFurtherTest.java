package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter of a language model that is there is trained further. */
class TextFurtherTest {
  /** So little that nothing is learnt. */
  private static final String NOTHING = "--rate=1e-30";

  @TempDir private static Path folder;
  private static Path book;
  private static Path model;
  private static Path old;
  private static String before;

  @BeforeAll
  static void adapter() throws IOException {
    book = Files.writeString(folder.resolve("book.txt"), "The cat sat on the mat. ".repeat(40));
    model = folder.resolve("model");
    String size = "--vocabulary=270 --width=16 --inner=24 --layers=1 --heads=2 --longest=32";
    List<Object> made = new ArrayList<>(List.of("text", "new", "--data", book, "-o", model));
    made.addAll(List.of(size.split(" ")));
    assertEquals(0, Run.of(made.toArray()).code());
    old = folder.resolve("old");
    before = identity(train(old, "--rank=2", "--alpha=4", "--targets=q_proj", "--rate=1e-2"));
  }

  private static Run train(Path out, Object... more) {
    List<Object> all = new ArrayList<>(List.of("text", "train", "--base", model, "--data", book));
    all.addAll(List.of("-o", out, "--pack", "--batch=4", "--steps=2", "--json"));
    all.addAll(List.of(more));
    return Run.of(all.toArray());
  }

  private static String identity(Run run) {
    assertEquals(0, run.code(), run.err());
    return run.json().get("identity").getAsString();
  }

  /** The loss of the last step is told, also where it is the only one. */
  @Test
  void oneStepHasALoss() {
    JsonObject one =
        Run.of(
                "text",
                "train",
                "--base",
                model,
                "--data",
                book,
                "-o",
                folder.resolve("one"),
                "--max-length=16",
                "--steps=1",
                "--json")
            .json();
    assertTrue(one.get("lastLoss").getAsDouble() > 0, one.toString());
  }

  @Test
  void warmStartBeginsWithTheAdaptersFactors() {
    Run same = train(folder.resolve("same"), "--from", old, NOTHING);
    assertTrue(same.err().contains("old further: 1 layers, most of rank 2."), same.err());
    assertEquals(before, identity(same));
    String learnt = identity(train(folder.resolve("learnt"), "--from", old));
    assertNotEquals(before, learnt);
    JsonObject more =
        train(folder.resolve("more"), "--from", old, "--targets=v_proj", NOTHING).json();
    assertEquals(2, more.get("layers").getAsInt(), "the others begin anew beside it");
  }

  @Test
  void stoppedRunResumesWithTheSameAdapterOnly() throws IOException {
    Path out = folder.resolve("stopped");
    String whole = identity(train(out, "--from", old, "--save-every=1"));
    Path checkpoints = folder.resolve("stopped.run/checkpoints");
    Files.delete(checkpoints.resolve("step-000002.safetensors"));
    Path first = folder.resolve("first");
    Files.move(out, first);
    Run refused = train(out, "--from", first, "--save-every=1", "--resume");
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("recipe"), refused.err());
    assertEquals(whole, identity(train(out, "--from", old, "--save-every=1", "--resume")));
  }

  /** A of the other adapter, to the last bit; the rank is its own unless another is said. */
  @Test
  void downFactorsOfAnotherAdapterAreShared() throws IOException {
    Path out = folder.resolve("sharing");
    Run run = train(out, "--shared-a", old, "--targets=q_proj", "--rate=1e-2", "--save-every=1");
    String whole = identity(run);
    assertTrue(run.err().contains("lora on 1 layers, 32 numbers"), run.err());
    try (Safetensors mine = Safetensors.open(out.resolve("adapter_model.safetensors"));
        Safetensors others = Safetensors.open(old.resolve("adapter_model.safetensors"))) {
      for (String name : others.tensors().keySet()) {
        assertEquals(
            name.contains("lora_A"), Arrays.equals(others.bytes(name), mine.bytes(name)), name);
      }
    }
    Files.delete(folder.resolve("sharing.run/checkpoints/step-000002.safetensors"));
    String[] again = {"--targets=q_proj", "--rate=1e-2", "--save-every=1", "--resume"};
    Files.move(out, folder.resolve("moved"));
    Object[] words = {"--shared-a", old, again[0], again[1], again[2], again[3]};
    assertEquals(whole, identity(train(out, words)));
    Path no = folder.resolve("no");
    Run rank = train(no, "--shared-a", old, "--targets=q_proj", "--rank=3");
    assertTrue(rank.err().contains("train with rank 2 there"), rank.err());
    Run layer = train(no, "--shared-a", old, "--targets=v_proj");
    assertTrue(layer.err().contains("has no LoRA at "), layer.err());
    Run method = train(no, "--shared-a", old, "--method=dora");
    assertEquals(2, method.code(), method.err());
    Run start = train(no, "--shared-a", old, "--init=gaussian");
    assertEquals(2, start.code(), start.err());
  }

  @Test
  void invalidWarmStartsAreRefusedBeforeTraining() {
    Path out = folder.resolve("refused");
    Run method = train(out, "--from", old, "--method=loha");
    assertTrue(method.err().contains("it has lora there, which the method loha"), method.err());
    Run rank = train(out, "--from", old, "--rank=8");
    assertEquals(2, rank.code(), rank.err());
    assertTrue(rank.err().contains("--rank does not go with --from"), rank.err());
    Run missing = train(out, "--from", folder.resolve("odl"));
    assertTrue(missing.err().contains("Did you mean"), missing.err());
    Run itself = train(old, "--from", old);
    assertEquals(1, itself.code(), itself.err());
    assertFalse(Files.exists(out));
  }
}
