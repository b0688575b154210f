package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Main;
import dev.lora4j.cli.console.Console;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The commands of the command line on a tiny Stable Diffusion 3.5 Medium, FLUX.1, Z-Image and
 * FLUX.2 [klein].
 */
class CommandLineTest {
  @TempDir private Path folder = Path.of("");

  private static String run(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            Console.of(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)),
            words);
    String printed = out.toString(StandardCharsets.UTF_8);
    String noted = err.toString(StandardCharsets.UTF_8);
    assertEquals(0, code, Arrays.toString(words) + "\n" + printed + noted);
    return printed;
  }

  private static TinyPipeline pipeline(String name) {
    return switch (name) {
      case "SD3" -> TinyPipeline.SD3;
      case "FLUX" -> TinyPipeline.FLUX;
      case "KLEIN" -> TinyPipeline.KLEIN;
      default -> TinyPipeline.ZIMAGE;
    };
  }

  private static String base(TinyPipeline pipeline) {
    return "--base=" + pipeline.source();
  }

  private BufferedImage generated(TinyPipeline base, String name, String... more)
      throws IOException {
    Path file = folder.resolve(name);
    String[] plain = {
      "generate", "a fox", base(base), "--seed=3", "--steps=2", "--size=16x16", "-o"
    };
    String[] all = Arrays.copyOf(plain, plain.length + 1 + more.length);
    all[plain.length] = file.toString();
    System.arraycopy(more, 0, all, plain.length + 1, more.length);
    run(all);
    return ImageIO.read(file.toFile());
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, 16, 16, new int[256], 0, 16);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SD3 | diffusers | 108 keys: 108 used | diffusers",
        "FLUX | flux/diffusers | 100 keys: 100 used | diffusers",
        "FLUX | flux/kohya | 84 keys: 66 used, 18 converted, 0 ignored | kohya",
        "FLUX | flux/xlabs | 24 keys: 12 used, 12 converted, 0 ignored | xlabs",
        "ZIMAGE | zimage/diffusers | 74 keys: 74 used | diffusers",
        "ZIMAGE | zimage/kohya | 69 keys: 57 used, 12 converted, 0 ignored | kohya",
        "KLEIN | flux2/diffusers | 74 keys: 74 used | diffusers",
        "KLEIN | flux2/kohya | 75 keys: 63 used, 12 converted, 0 ignored | kohya",
        "KLEIN | flux2/comfy | 18 keys: 16 used, 2 converted, 0 ignored | comfyui"
      })
  void inspectAccountsForEveryKey(String base, String file, String keys, String layout) {
    TinyPipeline pipeline = pipeline(base);
    String path = Goldens.RESOURCES.resolve(file + ".safetensors").toString();
    String text = run("inspect", path, base(pipeline));
    assertTrue(text.contains(keys), text);
    assertTrue(text.toLowerCase(Locale.ROOT).contains(layout), text);
  }

  @Test
  void wholeFileMakesThePictureOfTheFolder() throws IOException {
    Path whole = PackedModel.FLUX.write(TinyPipeline.FLUX, folder.resolve("whole.safetensors"));
    Path other = folder.resolve("other.png");
    run(
        "generate",
        "a fox",
        "--base=" + whole,
        "--base-config=" + TinyPipeline.FLUX.source(),
        "--seed=3",
        "--steps=2",
        "--size=16x16",
        "-o",
        other.toString());
    assertArrayEquals(
        pixels(generated(TinyPipeline.FLUX, "plain.png")), pixels(ImageIO.read(other.toFile())));
  }

  @Test
  void pictureWithANegativeTextIsMadeAgain() throws IOException {
    String[] more = {"--negative=blurry", "--true_cfg_scale=3"};
    BufferedImage plain = generated(TinyPipeline.FLUX, "plain.png");
    BufferedImage made = generated(TinyPipeline.FLUX, "made.png", more);
    assertNotEquals(Arrays.toString(pixels(plain)), Arrays.toString(pixels(made)));
    String from = "--from=" + folder.resolve("made.png");
    String printed =
        run("generate", from, base(TinyPipeline.FLUX), "-o=" + folder.resolve("again.png"));
    assertTrue(printed.contains("The same picture as"), printed);
  }

  @ParameterizedTest
  @CsvSource({"SD3, shift", "FLUX, flux_shift", "ZIMAGE, sigmoid"})
  void whatIsTrainedChangesThePicture(String name, String sampling) throws IOException {
    TinyPipeline base = pipeline(name);
    Path pictures = pictures();
    Path adapter = trained(base, sampling, pictures, "ink");
    BufferedImage plain = generated(base, "plain.png");
    BufferedImage ink = generated(base, "ink.png", "--lora=" + adapter);
    assertNotEquals(Arrays.toString(pixels(plain)), Arrays.toString(pixels(ink)));
    for (String method : new String[] {"lora", "dora"}) {
      String active = "--set=training_adapter.file=" + adapter;
      Path with = trained(base, sampling, pictures, method + "-with", "--method=" + method, active);
      Path alone = trained(base, sampling, pictures, method, "--method=" + method);
      BufferedImage one = generated(base, method + "-with.png", "--lora=" + with);
      BufferedImage other = generated(base, method + ".png", "--lora=" + alone);
      assertNotEquals(Arrays.toString(pixels(one)), Arrays.toString(pixels(other)));
    }
  }

  /** A folder of two captioned pictures. */
  private Path pictures() throws IOException {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    for (int i = 0; i < 2; i++) {
      BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
      Graphics2D pen = picture.createGraphics();
      pen.setColor(i == 0 ? Color.ORANGE : Color.BLUE);
      pen.fillRect(2, 2, 9, 11);
      pen.dispose();
      ImageIO.write(picture, "png", pictures.resolve("p" + i + ".png").toFile());
      Files.writeString(pictures.resolve("p" + i + ".txt"), "a red fox");
    }
    return pictures;
  }

  private Path trained(
      TinyPipeline base, String sampling, Path pictures, String name, String... more) {
    Path adapter = folder.resolve(name + ".safetensors");
    List<String> words =
        new ArrayList<>(
            List.of(
                "train",
                base(base),
                "--images=" + pictures,
                "--steps=3",
                "--rank=2",
                // Half of what this tiny autoencoder would have is no size of a bucket.
                "--set=data.bucket_reso_steps=8",
                // It has a token for every four pixels: 4,096 of them at the usual resolution.
                "--set=data.resolution=32",
                "--set=previews.steps=1",
                "--set=optimizer.lr=0.05",
                "--set=loss.timestep_sampling=" + sampling,
                "-o",
                adapter.toString()));
    words.addAll(List.of(more));
    run(words.toArray(String[]::new));
    return adapter;
  }

  @Test
  void theQuickStartTakesThemAsABase() throws IOException {
    Path out = folder.resolve("quick");
    String printed =
        run(
            "quickstart",
            base(TinyPipeline.SD3),
            "--images=" + pictures(),
            "--steps=2",
            "--runs=1",
            "--rank=2",
            "--prompt=fox",
            "-o",
            out.toString());
    // The bundled adapter is for another base: two columns are left.
    assertTrue(printed.contains("the base, and the new style"), printed);
    assertTrue(ImageIO.read(out.resolve("grid.png").toFile()).getWidth() > 0);
    assertTrue(Files.exists(out.resolve("style.safetensors")));
  }
}
