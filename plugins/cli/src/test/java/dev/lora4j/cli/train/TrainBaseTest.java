package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.cli.console.ExitCode;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code train} with a run file that makes a base. */
class TrainBaseTest {
  private static final int COLUMNS = 40;
  private static final int SIDE = 64;
  private static final int CONCEPTS = 8;

  @TempDir private Path folder;
  private Path recipe;

  @BeforeEach
  void write() throws IOException {
    Path data = Files.createDirectories(folder.resolve("atlas"));
    BufferedImage sheet = new BufferedImage(COLUMNS * SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = sheet.createGraphics();
    for (int i = 0; i < CONCEPTS; i++) {
      g.setColor(Color.getHSBColor(i / (float) CONCEPTS, 1, 1));
      g.fillOval(i * SIDE + 8, 8, 48, 48);
    }
    g.dispose();
    ImageIO.write(sheet, "png", data.resolve("noto-64.png").toFile());
    List<String> lines =
        IntStream.range(0, CONCEPTS)
            .mapToObj(i -> i + "\tx\tball " + i + "\tballs\tround, toy\tnoto")
            .toList();
    Files.writeString(
        data.resolve("concepts.tsv"),
        "index\tcodepoints\tname\tgroup\tkeywords\tstyles\n" + String.join("\n", lines) + "\n");
    recipe = folder.resolve("tiny.toml");
    Files.writeString(
        recipe,
        """
        kind = "base"
        data = "atlas"
        work = "work"
        precision = "f32"
        [vae]
        styles = ["noto"]
        channels = [8, 8, 8, 8]
        latent_channels = 4
        steps = 2
        batch = 2
        held_out = 2
        [text_encoder]
        vocabulary = 530
        width = 8
        layers = 1
        heads = 2
        [denoiser]
        styles = ["noto"]
        channels = [8, 16]
        heads = [2, 2]
        groups = 4
        steps = 2
        batch = 2
        held_out = 2
        [score]
        concepts = 2
        style = "noto"
        steps = 1
        """);
  }

  @Test
  void stagesAreTrainedAndScoredAndBaseGenerates() throws IOException {
    Path work = folder.resolve("elsewhere");
    Run made = Run.of("train", recipe, "--set", "seed=12", "--set", "work=" + work);
    assertEquals(0, made.code(), made.err());
    List<String> scores = made.out().lines().toList();
    assertEquals(4, scores.size(), made.out());
    assertTrue(scores.get(0).matches("vae: -?[0-9.]+ dB, 2 held-out pictures"), made.out());
    assertTrue(scores.get(1).matches("denoiser: loss [0-9.]+, 2 held-out pictures"), made.out());
    assertTrue(scores.get(2).matches("base: the right concept .* 2 pictures"), made.out());
    assertTrue(scores.get(3).startsWith("base: noto in "), made.out());
    assertTrue(made.err().contains("vae: step 2 of 2"), made.err());
    assertTrue(made.err().contains("denoiser: step 2 of 2"), made.err());
    assertTrue(Files.readString(work.resolve("base.toml")).contains("seed = 12"));

    Run again =
        Run.of(
            "train", recipe, "--json", "--threads=1", "--set", "seed=12", "--set", "work=" + work);
    assertEquals(0, again.code(), again.err());
    assertFalse(again.err().contains("vae: step 2 of 2"), again.err());
    JsonObject told = again.json();
    assertEquals(2, told.get("pictures").getAsInt());
    assertTrue(told.get("decibels").getAsDouble() > 0, again.out());
    assertTrue(told.get("heldOutLoss").getAsDouble() > 0, again.out());
    assertTrue(Files.readString(work.resolve("scores.json")).contains("styleAccuracy"));

    Path picture = folder.resolve("ball.png");
    Run drawn =
        Run.of("generate", "ball 1", "--base", work.resolve("base"), "--steps=1", "-o", picture);
    assertEquals(0, drawn.code(), drawn.err());
    assertEquals(SIDE, ImageIO.read(picture.toFile()).getWidth());
  }

  @ParameterizedTest
  @CsvSource({
    "vae.bach=3, did you mean vae.batch",
    "denoiser.minutes=-1, denoiser.minutes takes a number of at least 0",
    "denoiser.heads=3, 'denoiser.heads has 1 numbers and denoiser.channels 2'",
    "score.style=ink, 'score.style is \"ink\"'",
    "score.concepts=5000, score.concepts cannot be 5000",
    "data=nowhere, 'nowhere lacks concepts.tsv, noto-64.png'",
  })
  void badValuesAreRefusedBeforeTraining(String set, String told) {
    Run run = Run.of("train", recipe, "--set", set);
    assertEquals(ExitCode.FAILED, run.code(), run.err());
    assertTrue(run.err().contains(told), run.err());
    assertFalse(Files.exists(folder.resolve("work")), run.err());
  }

  @Test
  void settingWithoutValueIsAWrongCommandLine() {
    Run run = Run.of("train", recipe, "--set", "seed");
    assertEquals(ExitCode.USAGE, run.code(), run.err());
    assertTrue(run.err().contains("--set takes KEY=VALUE"), run.err());
    assertFalse(Files.exists(folder.resolve("work")), run.err());
  }

  @Test
  void optionsOfStylesAreRefused() {
    Run run = Run.of("train", recipe, "--rank=4", "--lr=1e-3");
    assertEquals(ExitCode.USAGE, run.code(), run.err());
    assertTrue(run.err().contains("--rank, --lr are for styles"), run.err());
  }

  @Test
  void planRefusesAFileThatMakesABase() {
    Run run = Run.of("plan", recipe);
    assertEquals(ExitCode.FAILED, run.code(), run.err());
    assertTrue(run.err().contains("only train takes such a file"), run.err());
  }
}
