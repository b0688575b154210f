package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.cli.model.BundledModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans and trains on the bundled base by a configuration of ai-toolkit. */
class AiToolkitRunTest {
  @TempDir private Path folder = Path.of("");

  private Path file = Path.of("");

  @BeforeEach
  void configuration() throws IOException {
    Run.pictures(folder.resolve("pictures"));
    file = folder.resolve("ai-toolkit.yaml");
    Files.writeString(
        file,
        """
        job: extension
        config:
          name: balls
          process:
            - type: sd_trainer
              training_folder: output
              trigger_word: zkw
              network: {type: lora, linear: 2, linear_alpha: 2}
              save: {dtype: float32, save_every: 0}
              datasets:
                - folder_path: pictures
                  default_caption: a ball
                  resolution: [48, 64]
                  bucket_tolerance: 16
                  cache_latents_to_disk: false
              train:
                steps: 2
                batch_size: 2
                lr: 1e-2
                optimizer: adamw
                dtype: fp32
                gradient_checkpointing: false
              model:
                name_or_path: "BASE"
              sample: {sample_every: 0}
        """
            .replace("BASE", BundledModel.folder().toAbsolutePath().toString().replace('\\', '/')));
  }

  @Test
  void planTellsWhatWillBeDone() {
    Run run = Run.of("plan", file);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("2 steps of 2 pictures"), run.out());
    assertTrue(run.out().contains("zkw, a ball of colour 0"), run.out());
    assertTrue(run.out().contains("lora of rank 2"), run.out());
    assertTrue(run.err().contains("not said, and so as in ai-toolkit: "), run.err());
  }

  @Test
  void trainingMakesAnAdapterThatPicturesAreMadeWith() throws IOException {
    Path adapter = folder.resolve("output/balls/balls.safetensors");
    Run run = Run.of("train", file);
    assertEquals(0, run.code(), run.err());
    assertTrue(Files.exists(adapter), run.out());
    Run inspected = Run.of("inspect", adapter);
    assertTrue(inspected.out().contains("zkw"), inspected.out());
    Path picture = folder.resolve("a.png");
    Run made = Run.of("generate", "a ball", "--lora=" + adapter, "--steps=1", "-o", picture);
    assertEquals(0, made.code(), made.err());
    assertTrue(Files.exists(picture), "picture");
  }

  /** Weights that are 1 everywhere change nothing, others do. */
  @Test
  void weightsOfTimestepsChangeWhatIsLearned() throws IOException {
    Path weights = folder.resolve("weights.txt");
    byte[] equal = trained("equal");
    Files.writeString(weights, "1\n1\n");
    assertArrayEquals(equal, trained("ones", "--set=loss.timestep_weights=" + weights));
    Files.writeString(weights, "5\n0\n");
    byte[] other = trained("line", "--set=loss.timestep_weights=" + weights);
    assertFalse(Arrays.equals(equal, other), "the same factors");
  }

  /** The factors, which lie behind the header. */
  private byte[] trained(String name, Object... more) throws IOException {
    Path adapter = folder.resolve(name + ".safetensors");
    Object[] words = Arrays.copyOf(new Object[] {"train", file, "-o", adapter}, 4 + more.length);
    System.arraycopy(more, 0, words, 4, more.length);
    Run run = Run.of(words);
    assertEquals(0, run.code(), run.err());
    byte[] all = Files.readAllBytes(adapter);
    int header = (int) ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return Arrays.copyOfRange(all, 8 + header, all.length);
  }

  @Test
  void mistakesAreToldWithTheirLine() throws IOException {
    Files.writeString(file, Files.readString(file).replace("steps: 2", "stepz: 2"));
    Run run = Run.of("plan", file);
    assertEquals(1, run.code(), run.out());
    assertTrue(
        run.err().contains("ai-toolkit.yaml, line 17: train.stepz is no key of ai-toolkit;"),
        run.err());
    assertTrue(run.err().contains("did you mean steps?"), run.err());
  }
}
