package dev.lora4j.cli.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.record.PictureRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on a base with the denoiser of another file. */
class DenoiserOptionTest {
  private static final String F32 = "--compute=f32";

  @TempDir private Path folder;
  private Path tuned = Path.of("");
  private Path picture = Path.of("");

  @BeforeEach
  void denoiser() {
    tuned = tuned("tuned.safetensors", 0.5f);
    picture = folder.resolve("fox.png");
  }

  /** The base's denoiser with all kernels of one place multiplied. */
  private Path tuned(String name, float factor) {
    Path file = folder.resolve(name);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors store =
        Safetensors.open(Run.TINY_SD.resolve("unet/diffusion_pytorch_model.safetensors"))) {
      for (TensorInfo info : store.tensors().values()) {
        HostTensor tensor = HostTensor.of(info.dtype(), info.shape(), store.read(info.name()));
        if (info.name().endsWith("conv2.weight")) {
          float[] values = new float[(int) info.shape().elements()];
          tensor.floats(values, 0);
          for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
          }
          tensor = HostTensor.of(info.shape(), values);
        }
        writer.add(info.name(), tensor.dtype(), tensor.shape(), tensor.bytes());
      }
    }
    writer.write(file);
    return file;
  }

  private static Run generate(Path out, Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of("generate", "a fox", "--steps=2", "--seed=5", "-o", out, Run.BASE, F32));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  @Test
  void pictureSaysItsDenoiserAndIsMadeAgainWithIt() throws IOException {
    Run made = generate(picture, "--denoiser", tuned);
    assertEquals(0, made.code(), made.err());
    assertTrue(made.err().contains("The denoiser is that of tuned.safetensors."), made.err());
    assertEquals("tuned.safetensors", PictureRecord.read(picture).info().denoiser());
    Path plain = folder.resolve("plain.png");
    assertEquals(0, generate(plain).code());
    assertFalse(
        PictureRecord.read(plain)
            .info()
            .baseHash()
            .equals(PictureRecord.read(picture).info().baseHash()));

    // Beside the picture.
    Path again = folder.resolve("again.png");
    Run repeated = Run.of("generate", "--from", picture, "-o", again, Run.BASE);
    assertEquals(0, repeated.code(), repeated.err());
    assertTrue(repeated.out().contains("bit for bit"), repeated.out());
    assertArrayEquals(Files.readAllBytes(picture), Files.readAllBytes(again));

    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere")).resolve("t.safetensors");
    Files.move(tuned, elsewhere);
    Run lost = Run.of("generate", "--from", picture, "-o", again, Run.BASE);
    assertEquals(1, lost.code(), lost.err());
    assertTrue(lost.err().contains("the denoiser of tuned.safetensors"), lost.err());
    assertTrue(lost.err().contains("--denoiser"), lost.err());
    Run named =
        Run.of("generate", "--from", picture, "-o", again, Run.BASE, "--denoiser", elsewhere);
    assertTrue(named.out().contains("bit for bit"), named.out() + named.err());
  }

  @Test
  void runsSayTheirDenoiserAndResumeWithItAlone() throws IOException {
    Run.pictures(folder.resolve("pictures"));
    Path out = folder.resolve("ink.safetensors");
    List<Object> words =
        new ArrayList<>(
            List.of(
                "train",
                "--images=" + folder.resolve("pictures"),
                "-o",
                out,
                Run.BASE,
                F32,
                "--rank=2",
                "--steps=2",
                "--batch=1",
                "--set=previews.prompts=[]",
                "--denoiser"));
    words.add(tuned);
    Run run = Run.of(words.toArray());
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("--denoiser " + tuned), "how to see it: " + run.err());
    String settings = Files.readString(folder.resolve("ink.run/run.toml"));
    assertTrue(settings.contains("denoiser = \"" + tuned + "\""), settings);
    try (Safetensors adapter = Safetensors.open(out)) {
      assertEquals("tuned.safetensors", adapter.metadata().get("lora4j_denoiser"));
    }
    words.set(words.size() - 1, tuned("other.safetensors", 0.25f));
    words.add("--resume");
    words.set(words.indexOf("--steps=2"), "--steps=2");
    Run other = Run.of(words.toArray());
    assertEquals(1, other.code(), other.err());
    assertTrue(other.err().contains("these have changed: base"), other.err());
  }

  @Test
  void inspectSaysWhichOptionTakesAFile() {
    Path comfy = Run.TINY_SD.resolveSibling("tiny-sd-denoiser.gguf");
    Run run = Run.of("inspect", comfy);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("Use: a denoiser alone; --denoiser takes it"), run.out());
    assertFalse(run.out().contains("Problem"), run.out());
    Run made = generate(picture, "--denoiser", comfy, "--base-precision=stored");
    assertEquals(0, made.code(), made.err());
  }

  @Test
  void denoiserThatIsNotThereIsRefusedBeforeTheEngine() {
    Run run = generate(picture, "--denoiser", folder.resolve("no.gguf"));
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().contains("no.gguf"), run.err());
  }
}
