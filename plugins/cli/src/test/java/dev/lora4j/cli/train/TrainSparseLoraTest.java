package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.host.HostTensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sparse LoRA on linear layers and convolutions of pictures, also in a run that was stopped. */
class TrainSparseLoraTest {
  private static final int STEPS = 8;

  @TempDir private Path folder;

  private Run train(String schedule, Object... more) throws IOException {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "train",
                "--images=" + Run.pictures(folder.resolve("pictures")),
                "-o",
                folder.resolve("style.safetensors"),
                Run.BASE,
                "--method=sparse-lora",
                "--rank=4",
                "--steps=" + STEPS,
                "--compute=f32",
                "--set=adapter.settings={ schedule = \"" + schedule + "\", delta_t = 2 }",
                "--set=save.every=1",
                "--set=save.keep=" + STEPS,
                "--set=previews.prompts=[]"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  /** Checks each factor of a file, and returns how many are of convolutions. */
  private static int requireSparse(Path file) {
    int convolutions = 0;
    try (Safetensors opened = Safetensors.open(file)) {
      for (String name : opened.tensors().keySet()) {
        if (name.endsWith(".alpha")) {
          continue;
        }
        TensorInfo info = opened.tensors().get(name);
        double[] values =
            HostTensor.owning(info.dtype(), info.shape(), opened.bytes(name)).doubles();
        int count = 0;
        for (double value : values) {
          count += value == 0 ? 0 : 1;
        }
        assertTrue(count <= Math.max(1, values.length / 10), name + " has " + count);
        convolutions += info.shape().rank() == 4 ? 1 : 0;
      }
    }
    return convolutions;
  }

  @Test
  void picturesTrainSparselyAndRunsResume() throws IOException {
    for (String schedule : List.of("ramp", "rigl")) {
      Run run = train(schedule, "--json", "--overwrite");
      assertEquals(0, run.code(), run.err());
      String identity = run.json().get("identity").getAsString();
      Path style = folder.resolve("style.safetensors");
      assertTrue(requireSparse(style) > 0, "convolutions are trained");
      Files.delete(style);
      for (int later = 4; later <= STEPS; later++) {
        Files.delete(folder.resolve("style.run/checkpoints/step-00000" + later + ".safetensors"));
      }
      Run resumed = train(schedule, "--json", "--resume");
      assertEquals(0, resumed.code(), resumed.err());
      assertEquals(identity, resumed.json().get("identity").getAsString());
    }
    Run other = train("ramp", "--resume");
    assertNotEquals(0, other.code());
    assertTrue(other.err().contains("these have changed"), other.err());
  }

  private int[] pixels(Path adapter, String more) throws IOException {
    Path picture = folder.resolve("a.png");
    List<Object> words =
        new ArrayList<>(List.of("generate", "a ball", Run.BASE, "--steps=2", "--seed=1"));
    words.addAll(List.of("--lora=" + adapter + more, "-o", picture));
    Run run = Run.of(words.toArray());
    assertEquals(0, run.code(), run.err());
    BufferedImage image = ImageIO.read(picture.toFile());
    Files.delete(picture);
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  /** Weights that change between steps are used unmerged. */
  @Test
  void fileWithoutZerosGivesTheSamePictures() throws IOException {
    assertEquals(0, train("ramp", "--set=optimizer.lr=0.1").code());
    Path style = folder.resolve("style.safetensors");
    Path small = folder.resolve("small.safetensors");
    Run run = Run.of("convert", style, small, "--to=lora4j", Run.BASE);
    assertEquals(0, run.code(), run.err());
    for (String weight : List.of(":0.8", ":0.8:0-0.5")) {
      assertArrayEquals(pixels(style, weight), pixels(small, weight));
    }
  }

  @Test
  void sharesOutsideOfTheRangeAreRefused() throws IOException {
    Run none = train("ramp", "--set=adapter.settings={ density = 0 }");
    assertNotEquals(0, none.code());
    assertTrue(none.err().contains("density"), none.err());
    Run unknown = train("lottery");
    assertNotEquals(0, unknown.code());
    assertTrue(unknown.err().contains("rigl"), unknown.err());
  }
}
