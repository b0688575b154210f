package dev.lora4j.cli.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.cli.adapter.AlteredBase;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.BuiltJar;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A base whose denoiser a jar brings: it makes pictures, and adapters of it are trained. */
class DenoiserPluginTest {
  /** The one that the testkit's contract is tried on. */
  private static final Path SOURCE =
      Path.of("../testkit/src/test/java/dev/lora4j/testkit/PatchesFamily.java");

  private static final int CHANNELS = 4;
  private static final int WIDTH = 12;
  private static final int TEXT = 24;

  /** Numbers that were added in another order may be rounded to the next. */
  private static final int CLOSE = 2;

  @TempDir private Path folder;

  /** That of others' models, with another denoiser in the folder that diffusers has for those. */
  @BeforeEach
  void writeBase() throws IOException {
    AlteredBase.copy(base(), "unet");
    Path denoiser = Files.createDirectories(base().resolve("transformer"));
    Files.writeString(
        denoiser.resolve("config.json"),
        """
        {"_class_name": "PatchesModel", "channels": 4, "width": 12, "text_width": 24, "sample_size": 8}
        """);
    Map<String, Shape> weights = new TreeMap<>();
    weights.put("enter.weight", Shape.of(WIDTH, CHANNELS, 2, 2));
    weights.put("time.weight", Shape.of(WIDTH, 1));
    weights.put("attend.to_q.weight", Shape.of(WIDTH, WIDTH));
    weights.put("attend.to_k.weight", Shape.of(WIDTH, TEXT));
    weights.put("attend.to_v.weight", Shape.of(WIDTH, TEXT));
    weights.put("feed.weight", Shape.of(WIDTH, WIDTH));
    weights.put("leave.weight", Shape.of(4 * CHANNELS, WIDTH));
    for (String layer : List.of("enter", "time", "feed", "leave")) {
      weights.put(layer + ".bias", Shape.of(layer.equals("leave") ? 4 * CHANNELS : WIDTH));
    }
    AlteredBase.weights(denoiser.resolve("diffusion_pytorch_model.safetensors"), weights);
  }

  private Path base() {
    return folder.resolve("base");
  }

  private String plugins() throws IOException {
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    new BuiltJar()
        .source("dev.lora4j.testkit.PatchesFamily", Files.readString(SOURCE))
        .at(plugins.resolve("patches.jar"));
    return "--plugins=" + plugins;
  }

  private Run run(String... words) {
    List<Object> all = new ArrayList<>(List.of(words));
    all.add("--base=" + base());
    return Run.of(all.toArray());
  }

  private Run picture(String name, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "generate",
                "a fox",
                "--steps=2",
                "--seed=1",
                "--compute=f32",
                "-o",
                folder.resolve(name).toString()));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
  }

  @Test
  void pluginDenoiserMakesPicturesAndTrainsAdapters() throws IOException {
    String jar = plugins();
    Run made = picture("plain.png", jar);
    assertEquals(0, made.code(), made.err());
    String file = train(jar);
    for (String route : List.of("patched", "beside")) {
      Run styled = picture(route + ".png", "--lora=" + file, "--route=" + route, jar);
      assertEquals(0, styled.code(), styled.err());
      assertTrue(difference("plain.png", route + ".png") > CLOSE);
    }
  }

  /** An adapter of which every layer is changed much. */
  private String train(String jar) throws IOException {
    Path pictures = Run.pictures(folder.resolve("pictures"));
    String file = folder.resolve("style.safetensors").toString();
    List<String> words = new ArrayList<>(AlteredBase.training(pictures, file));
    words.addAll(
        List.of(
            jar,
            "--set=adapter.targets=['all']",
            "--set=adapter.exclude=['time']",
            "--set=optimizer.rate=0.1"));
    Run trained = run(words.toArray(String[]::new));
    assertEquals(0, trained.code(), trained.err());
    return file;
  }

  @Test
  void pluginDenoiserSupportsRegions() throws IOException {
    String jar = plugins();
    String file = train(jar);
    assertEquals(0, picture("plain.png", jar).code());
    assertEquals(0, picture("styled.png", "--lora=" + file, "--route=beside", jar).code());
    for (int light : List.of(8, 16)) {
      Path mask = mask(light);
      Run made = picture(light + ".png", "--lora=" + file, "--region=style=" + mask, jar);
      assertEquals(0, made.code(), made.err());
    }
    assertTrue(difference("styled.png", "16.png") <= CLOSE);
    assertTrue(difference("plain.png", "8.png") > CLOSE);
    assertTrue(difference("styled.png", "8.png") > CLOSE);
  }

  /** Of 16 columns so many are light. */
  private Path mask(int light) throws IOException {
    BufferedImage mask = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    mask.createGraphics().fillRect(0, 0, light, 16);
    Path file = folder.resolve("mask" + light + ".png");
    ImageIO.write(mask, "png", file.toFile());
    return file;
  }

  /** The greatest difference of a channel between two pictures. */
  private int difference(String one, String other) throws IOException {
    BufferedImage first = ImageIO.read(folder.resolve(one).toFile());
    BufferedImage second = ImageIO.read(folder.resolve(other).toFile());
    int most = 0;
    for (int i = 0; i < first.getWidth() * first.getHeight(); i++) {
      int a = first.getRGB(i % first.getWidth(), i / first.getWidth());
      int b = second.getRGB(i % first.getWidth(), i / first.getWidth());
      for (int shift = 0; shift < 24; shift += 8) {
        most = Math.max(most, Math.abs((a >> shift & 255) - (b >> shift & 255)));
      }
    }
    return most;
  }

  @Test
  void missingDenoiserPluginNamesTheKnownKinds() {
    Run refused = picture("fox.png");
    assertEquals(1, refused.code(), refused.err());
    assertTrue(
        refused.err().contains("no kind of denoiser knows _class_name 'PatchesModel'"),
        refused.err());
    assertTrue(refused.err().contains("there are unet"), refused.err());
  }
}
