package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  private static final String F32 = "--compute=f32";

  @TempDir private Path folder;

  @Test
  void trainThenInspectThenGenerate() throws IOException {
    Path pictures = Run.pictures(folder.resolve("pictures"));
    Path adapter = folder.resolve("new/balls.safetensors");
    Run trained =
        Run.of(
            "train",
            "--images",
            pictures,
            "-o",
            adapter,
            Run.BASE,
            F32,
            "--steps=5",
            "--batch=2",
            "--rank=4",
            "--set=previews.steps=1",
            "--json");
    assertEquals(0, trained.code(), trained.err());
    assertTrue(
        trained.err().contains("8 pictures each, by captions of 4 pictures: "), trained.err());
    assertTrue(Files.exists(folder.resolve("new/balls.run/previews/step-000000.png")));
    assertTrue(trained.err().contains("ball-2.png has no caption"), trained.err());
    assertTrue(trained.err().contains("step 5 of 5, loss "), trained.err());
    String identity = trained.json().get("identity").getAsString();
    assertEquals(900, ImageIO.read(folder.resolve("new/balls.run/loss.png").toFile()).getWidth());

    Run inspected = Run.of("inspect", adapter, Run.BASE, "--json");
    assertEquals(0, inspected.code(), inspected.err());
    JsonObject found = inspected.json();
    assertEquals(identity, found.get("identity").getAsString());
    assertEquals("5", found.getAsJsonObject("metadata").get("ss_steps").getAsString());
    assertEquals(4, found.getAsJsonArray("layers").get(0).getAsJsonObject().get("rank").getAsInt());
    JsonObject keys = found.getAsJsonObject("keys");
    assertTrue(keys.getAsJsonArray("ignored").isEmpty());
    assertEquals(keys.get("total").getAsInt(), keys.get("used").getAsInt());
    assertEquals(0, found.getAsJsonObject("modules").get("unmatched").getAsInt());
    assertEquals(
        found.getAsJsonArray("layers").size(), found.getAsJsonObject("ranks").get("4").getAsInt());
    assertEquals("kohya", found.getAsJsonArray("dialects").get(0).getAsString());
    assertTrue(found.getAsJsonObject("methods").has("lora"));
    assertTrue(found.getAsJsonObject("blocks").size() > 3);
    assertEquals(64, found.get("sshs_model_hash").getAsString().length());
    assertTrue(found.get("usable").getAsBoolean());
    Run other = Run.of("inspect", adapter, "--base=sdxl", "--json");
    assertEquals(1, other.code());
    assertTrue(other.json().get("problem").getAsString().contains("another base"));
    assertEquals(2, Run.of("inspect", adapter, "--base=nothing").code());
    assertTrue(Run.of("inspect", adapter, Run.BASE).out().contains("lora, rank 4, alpha 4"));

    Path output = folder.resolve("ball.png");
    Run made =
        Run.of(
            "generate",
            "a ball",
            "a box",
            "--count=2",
            "--seed=7",
            "--steps=2",
            "-o",
            output,
            "--lora",
            adapter + ":0.5:0.5-1",
            Run.BASE,
            F32,
            "--json");
    assertEquals(0, made.code(), made.err());
    assertEquals(4, made.json().getAsJsonArray("pictures").size());
    JsonObject used = made.json().getAsJsonArray("adapters").get(0).getAsJsonObject();
    assertEquals(identity, used.get("identity").getAsString());
    assertTrue(Files.exists(folder.resolve("ball-4.png")));
    assertFalse(Files.exists(output));
  }

  @Test
  void aGridIsOneFile() throws IOException {
    Path output = folder.resolve("grid.png");
    Run made =
        Run.of(
            "generate",
            "a ball",
            "a box",
            "--count=2",
            "--seed=7",
            "--steps=1",
            "--grid",
            "-o",
            output,
            Run.BASE,
            F32);
    assertEquals(0, made.code(), made.err());
    assertEquals(output + "  seed 7, 8", made.out().lines().findFirst().orElse(""));
    assertTrue(ImageIO.read(output.toFile()).getHeight() > 2 * 128);
  }

  /** The picture made is as large as the one it begins with, 40x32. */
  @Test
  void initImageSetsThePictureSize() throws IOException {
    Path start = Run.pictures(folder.resolve("pictures")).resolve("ball-0.png");
    Path output = folder.resolve("changed.png");
    Run made =
        Run.of(
            "generate",
            "a (box:1.2)",
            "--image",
            start,
            "--strength=0.5",
            "--sampler=dpmpp-2m",
            "--schedule=karras",
            "--steps=4",
            "-o",
            output,
            Run.BASE,
            F32);
    assertEquals(0, made.code(), made.err());
    assertTrue(made.err().contains("step 4 of 4"), made.err());
    assertEquals(40, ImageIO.read(output.toFile()).getWidth());
    Run alone = Run.of("generate", "a box", "--mask", start, "-o", output, Run.BASE, F32);
    assertEquals(2, alone.code());
    assertTrue(alone.err().contains("--image"), alone.err());
    Run noPicture =
        Run.of(
            "generate",
            "a box",
            "--image",
            start.resolveSibling("ball-0.txt"),
            "-o",
            output,
            Run.BASE,
            F32);
    assertEquals(1, noPicture.code());
    assertTrue(noPicture.err().contains("no picture"), noPicture.err());
    Run ignored =
        Run.of("generate", "a box", "--sampler=ddim", "--schedule=karras", "-o", output, Run.BASE);
    assertEquals(2, ignored.code());
    assertTrue(ignored.err().contains("whole timesteps"), ignored.err());
  }

  @Test
  void aDamagedPictureIsNamed() throws IOException {
    Path pictures = Run.pictures(folder.resolve("pictures"));
    Path damaged = pictures.resolve("broken.png");
    byte[] whole = Files.readAllBytes(pictures.resolve("ball-0.png"));
    Files.write(damaged, java.util.Arrays.copyOf(whole, whole.length / 2));
    Path output = folder.resolve("a.safetensors");
    Run run =
        Run.of(
            "train",
            "--images",
            pictures,
            "-o",
            output,
            Run.BASE,
            F32,
            "--steps=1",
            "--set=previews.prompts=[]");
    assertEquals(1, run.code());
    assertTrue(run.err().contains(damaged.toString()), run.err());
    assertFalse(Files.exists(output));
  }

  @Test
  void denoiserAndModelAreInspectedByKind() {
    Path adapter = Run.TINY_SD.resolve("unet/diffusion_pytorch_model.safetensors");
    Run run = Run.of("inspect", adapter, "--json");
    assertEquals("denoiser (UNet) in diffusers' layout", run.json().get("kind").getAsString());
    Run model = Run.of("inspect", Run.TINY_SD);
    assertTrue(model.out().contains("UNet2DConditionModel"), model.out());
  }

  @Test
  void quickstartWritesItsFilesAndScores() throws IOException {
    Path output = folder.resolve("first");
    Run run =
        Run.of(
            "quickstart",
            "-o",
            output,
            Run.BASE,
            F32,
            "--images",
            Run.pictures(folder.resolve("pictures")),
            "--second",
            Run.TINY_SD.resolve("lora-kohya.safetensors"),
            "--steps=3",
            "--rank=4",
            "--runs=2",
            "--concepts=2",
            "--prompt=ball");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("2 times, to take the mean"), run.err());
    Run written = Run.of("inspect", output.resolve("style.safetensors"), "--json");
    assertTrue(written.out().contains("mean of trainings with seeds 0, 1"), written.out());
    JsonObject scores =
        JsonParser.parseString(Files.readString(output.resolve("scores.json"))).getAsJsonObject();
    // Of one's own style there are neither classifier nor true pictures.
    assertEquals(Set.of("concept_top10", "seconds"), scores.keySet());
    assertTrue(run.out().contains("your own style"), run.out());
    assertEquals(5, Files.readAllLines(output.resolve("images").resolve("manifest.csv")).size());
    assertTrue(ImageIO.read(output.resolve("grid.png").toFile()).getWidth() > 4 * 128);
    assertTrue(Files.exists(output.resolve("style.safetensors")));
    assertTrue(Files.exists(output.resolve("loss.png")));
    assertTrue(run.err().contains(" generate ball --lora "), run.err());
  }

  @Test
  void theDoctorKnowsTheEngine() {
    Run run = Run.of("doctor", "--json");
    String all = run.json().getAsJsonArray("findings").toString();
    assertTrue(all.contains("\"libtorch\""), all);
    assertTrue(all.contains("\"compute\""), all);
    assertTrue(all.contains("\"converted weights\""), all);
    assertEquals(run.json().get("problems").getAsInt() == 0 ? 0 : 1, run.code());
  }
}
