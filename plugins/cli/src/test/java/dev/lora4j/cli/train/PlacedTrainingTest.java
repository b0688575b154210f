package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingWorker;
import dev.lora4j.diffusion.config.StoreFiles;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.style.StyleTrainer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** A run whose gradients a worker computes that was made of the run's text alone. */
class PlacedTrainingTest {
  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Nothing but the options. */
  @CommandLine.Command
  private static final class Words {
    @Mixin private final StyleTraining training = new StyleTraining();
  }

  /** A worker with an engine and a base of its own. */
  private final class Elsewhere implements TrainingPlace, AutoCloseable {
    private final Runnable before;
    private final Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));

    Elsewhere(Runnable before) {
      this.before = before;
    }

    @Override
    public StyleTrainer at(StyleTrainer trainer, PlacedRun run) {
      before.run();
      StableDiffusion base = OpenModel.open(lora, ModelOptions.of(run.model()));
      TrainingWorker worker =
          StyleTraining.trainer(console(), run, StoreFiles.NONE, base)
              .threads(1)
              .worker(RunListener.NONE);
      return trainer.gradients(step -> worker.share(step, 0, step.batches()));
    }

    @Override
    public void close() {
      lora.close();
    }
  }

  /** A worker that has another copy of pictures in a store than the run. */
  private final class Copying implements TrainingPlace, AutoCloseable {
    private static final String ADDRESS = "shop://disk/pictures";
    private final Path copy;
    private final Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));

    Copying(Path copy) {
      this.copy = copy;
    }

    @Override
    public StoreFiles stores() {
      return address -> {
        assertEquals(ADDRESS, address);
        return folder.toString();
      };
    }

    @Override
    public StyleTrainer at(StyleTrainer trainer, PlacedRun run) {
      PlacedRun sent = run.at(Map.of(folder.toString(), ADDRESS));
      assertFalse(sent.settings().contains("\"" + folder + "\""), sent.settings());
      StoreFiles own =
          address -> {
            assertEquals(ADDRESS, address);
            return copy.toString();
          };
      StableDiffusion base = OpenModel.open(lora, ModelOptions.of(run.model()));
      TrainingWorker worker =
          StyleTraining.trainer(console(), sent, own, base).threads(1).worker(RunListener.NONE);
      return trainer.gradients(step -> worker.share(step, 0, step.batches()));
    }

    @Override
    public void close() {
      lora.close();
    }
  }

  @BeforeEach
  void pictures() throws IOException {
    for (int i = 0; i < 2; i++) {
      BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
      image.setRGB(i, i, 0xffffff);
      ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
      Files.writeString(folder.resolve(i + ".txt"), "number " + i);
    }
  }

  private Console console() {
    return Console.of(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
  }

  private String trained(String name, TrainingPlace place) {
    return trained(name, folder.toString(), place);
  }

  private String trained(String name, String images, TrainingPlace place) {
    List<String> words =
        List.of(
            "--images",
            images,
            "--steps",
            "2",
            "--batch",
            "1",
            "--rank",
            "2",
            "--compute",
            "f32",
            "--threads",
            "1",
            "--set",
            "previews.prompts=[]",
            "--json",
            "-o",
            folder.resolve(name).toString());
    Words parsed = new Words();
    new CommandLine(parsed).parseArgs(words.toArray(String[]::new));
    out.reset();
    parsed.training.run(console(), place);
    return out.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(l -> l.contains("identity"))
        .toList()
        .get(0);
  }

  @Test
  void workerOfTheTextHasTheBitsOfTheRun() {
    try (Elsewhere place = new Elsewhere(() -> {})) {
      assertEquals(
          trained("here.safetensors", TrainingPlace.HERE), trained("there.safetensors", place));
    }
  }

  @Test
  void workerCopiesFromTheStoreItself(@TempDir Path copy) throws IOException {
    for (String name : List.of("0.png", "0.txt", "1.png", "1.txt")) {
      Files.copy(folder.resolve(name), copy.resolve(name));
    }
    String here = trained("here.safetensors", TrainingPlace.HERE);
    try (Copying place = new Copying(copy)) {
      assertEquals(here, trained("there.safetensors", Copying.ADDRESS, place));
    }
    Files.writeString(copy.resolve("1.txt"), "number 7");
    try (Copying place = new Copying(copy)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> trained("other.safetensors", Copying.ADDRESS, place));
    }
  }

  @Test
  void workerThatSeesOtherPicturesIsRefused() {
    Runnable changed =
        () -> {
          try {
            Files.writeString(folder.resolve("1.txt"), "number 7");
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        };
    try (Elsewhere place = new Elsewhere(changed)) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> trained("there.safetensors", place));
      assertTrue(
          e.getMessage().contains("not the same are pictures, captions and how they vary."),
          e.getMessage());
    }
  }
}
