package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.cli.adapter.AlteredBase;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
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

/** What a run does with bases of several kinds. */
class TrainedBaseTest {
  private static final String FIRST = "conv_in.weight";

  @TempDir private Path folder;

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
  }

  private Run run(String command, Path base, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                command,
                "--images=" + folder.resolve("pictures"),
                "--out=" + folder.resolve("style.safetensors"),
                "--base=" + base,
                "--compute=f32",
                "--set=previews.prompts=[]",
                "--steps=1"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  /** The tiny base with a denoiser that takes a mask and the latents of what is around it. */
  private Path inpainting() throws IOException {
    Path base = folder.resolve("inpainting");
    AlteredBase.copy(base, "unet/diffusion_pytorch_model");
    Path config = base.resolve("unet/config.json");
    String plain = Files.readString(config);
    String altered = plain.replaceFirst("\"in_channels\": 4", "\"in_channels\": 9");
    assertFalse(altered.equals(plain), plain);
    Files.writeString(config, altered);
    String weights = "unet/diffusion_pytorch_model.safetensors";
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors before = Safetensors.open(Run.TINY_SD.resolve(weights))) {
      for (TensorInfo info : before.tensors().values()) {
        if (info.name().equals(FIRST)) {
          Shape shape = info.shape().with(1, 9);
          float[] values = new float[Math.toIntExact(shape.elements())];
          HostTensor first = HostTensor.of(shape, values);
          writer.add(FIRST, first.dtype(), shape, first.bytes());
        } else {
          writer.add(info.name(), info.dtype(), info.shape(), before.read(info.name()));
        }
      }
      writer.write(base.resolve(weights));
    }
    return base;
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "train"})
  void inpaintingBaseIsRefusedBeforeReadingPictures(String command) throws IOException {
    Run run = run(command, inpainting());
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().contains("takes 9 channels where latents have 4"), run.err());
    assertTrue(run.err().contains("Train on the plain model"), run.err());
    assertFalse(Files.exists(folder.resolve("style.run")));
  }

  /** The last layer but one is what it gets anyway. */
  @Test
  void sdxlClipSkipCountsFromTheEnd() {
    Path xl = Run.TINY_SD.resolveSibling("tiny-xl");
    String[] small = {"--set=data.resolution=32", "--set=data.bucket_reso_steps=8"};
    Run plain = run("train", xl, small);
    assertEquals(0, plain.code(), plain.err());
    Run counted = run("train", xl, small[0], small[1], "--set=clip_skip=2", "--overwrite");
    assertEquals(0, counted.code(), counted.err());
    assertTrue(counted.err().contains("by itself: nothing more is left out"), counted.err());
    assertEquals(identity(plain), identity(counted));
    Run further = run("train", xl, small[0], small[1], "--set=clip_skip=3", "--overwrite");
    assertEquals(0, further.code(), further.err());
    assertFalse(identity(plain).equals(identity(further)), further.err());
  }

  /** What is learnt with a layer is looked at with it, and the hint at the end says so. */
  @Test
  void previewsUseTheTrainedClipSkip() throws IOException {
    List<byte[]> sheets = new ArrayList<>();
    for (String skip : List.of("1", "2")) {
      Run run =
          Run.of(
              "train",
              "--images=" + folder.resolve("pictures"),
              "--out=" + folder.resolve("style.safetensors"),
              "--base=" + Run.TINY_SD,
              "--compute=f32",
              "--preview=a ball of colour",
              "--set=previews.strengths=[0.25]",
              "--set=previews.steps=1",
              "--set=clip_skip=" + skip,
              "--overwrite",
              "--steps=1");
      assertEquals(0, run.code(), run.err());
      assertEquals(skip.equals("2"), run.err().contains("--clip-skip 1"), run.err());
      sheets.add(Files.readAllBytes(folder.resolve("style.run/previews/step-000000.png")));
    }
    assertFalse(Arrays.equals(sheets.get(0), sheets.get(1)), "the same pictures");
  }

  private static String identity(Run run) {
    return run.out().replaceFirst("(?s).*identity (\\w+).*", "$1");
  }
}
