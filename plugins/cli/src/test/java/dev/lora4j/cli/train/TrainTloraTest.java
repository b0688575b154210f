package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** T-LoRA as a run of pictures: both of its forms draw the same, and a stopped run goes on. */
class TrainTloraTest {
  private static final int STEPS = 6;

  @TempDir private Path folder;

  private Run run(String command, Path style, Object... more) throws IOException {
    List<Object> words =
        new ArrayList<>(
            List.of(
                command,
                "--images=" + Run.pictures(folder.resolve("pictures")),
                "-o",
                style,
                Run.BASE,
                "--method=tlora",
                "--rank=4",
                "--steps=" + STEPS,
                "--compute=f32",
                "--set=adapter.targets=attention-feed-forward",
                "--set=validation.split=0.3",
                "--set=validation.every=2",
                "--set=save.every=1",
                "--set=save.keep=" + STEPS,
                "--set=previews.prompts=[]"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  private BufferedImage picture(String name, Path style) throws IOException {
    Path picture = folder.resolve(name + ".png");
    Run run =
        Run.of(
            "generate",
            "a ball",
            Run.BASE,
            "--lora=" + style + ":2",
            "--steps=2",
            "--seed=1",
            "--compute=f32",
            "-o",
            picture);
    assertEquals(0, run.code(), run.err());
    return ImageIO.read(picture.toFile());
  }

  /** The greatest difference of a channel of a pixel. */
  private static int difference(BufferedImage one, BufferedImage other) {
    int most = 0;
    for (int y = 0; y < one.getHeight(); y++) {
      for (int x = 0; x < one.getWidth(); x++) {
        for (int bits = 0; bits < 24; bits += 8) {
          int a = one.getRGB(x, y) >> bits & 0xff;
          int b = other.getRGB(x, y) >> bits & 0xff;
          most = Math.max(most, Math.abs(a - b));
        }
      }
    }
    return most;
  }

  @Test
  void bothFormsDrawTheSame() throws IOException {
    Path lora = folder.resolve("lora.safetensors");
    Path own = folder.resolve("own.safetensors");
    Object rate = "--set=optimizer.rate=0.02";
    Run plain = run("train", lora, rate, "--set=stored=f32");
    assertEquals(0, plain.code(), plain.err());
    Run stored = run("train", own, rate, "--set=adapter.settings={ form = 'tlora' }");
    assertEquals(0, stored.code(), stored.err());
    try (Safetensors file = Safetensors.open(own)) {
      assertTrue(
          file.tensors().entrySet().stream()
              .filter(e -> !e.getKey().endsWith(".alpha"))
              .allMatch(e -> e.getValue().dtype() == DType.F32));
      String settings = file.metadata().getOrDefault("lora4j_tlora", "");
      assertEquals("min_rank=1,alpha_rank_scale=1.0,sig_type=principal", settings);
      assertTrue(file.metadata().getOrDefault("ss_network_args", "").contains("tlora"));
    }
    JsonObject inspected = Run.of("inspect", own, "--json").json();
    assertEquals("[tlora]", inspected.getAsJsonObject("methods").keySet().toString());
    assertEquals("[4]", inspected.getAsJsonObject("ranks").keySet().toString());
    JsonObject twice = Run.of("inspect", lora, "--json").json();
    assertEquals("[8]", twice.getAsJsonObject("ranks").keySet().toString());
    BufferedImage one = picture("one", lora);
    assertTrue(difference(one, picture("other", own)) <= 1);
    Run base =
        Run.of(
            "generate",
            "a ball",
            Run.BASE,
            "--steps=2",
            "--seed=1",
            "--compute=f32",
            "-o",
            folder.resolve("base.png"));
    assertEquals(0, base.code(), base.err());
    BufferedImage plainPicture = ImageIO.read(folder.resolve("base.png").toFile());
    assertTrue(difference(one, plainPicture) > 3, "the adapter changes nothing");
  }

  @Test
  void stoppedRunGoesOnToTheSameBits() throws IOException {
    Path style = folder.resolve("style.safetensors");
    Object settings = "--set=adapter.settings={ min_rank = 2, alpha_rank_scale = 1.5 }";
    Run whole = run("train", style, settings, "--json");
    assertEquals(0, whole.code(), whole.err());
    String identity = whole.json().get("identity").getAsString();
    Files.delete(style);
    for (int later = 4; later <= STEPS; later++) {
      Files.delete(folder.resolve("style.run/checkpoints/step-00000" + later + ".safetensors"));
    }
    Run resumed = run("train", style, settings, "--json", "--resume");
    assertEquals(0, resumed.code(), resumed.err());
    assertEquals(identity, resumed.json().get("identity").getAsString());
    assertNotEquals(0, run("train", style, "--resume").code(), "other settings");
  }

  @Test
  void planSaysTheSizeAndWhatDoesNotFit() throws IOException {
    Path style = folder.resolve("style.safetensors");
    Run plan = run("plan", style);
    assertEquals(0, plan.code(), plan.err());
    assertTrue(plan.out().contains("tlora"), plan.out());
    Run kernels =
        run(
            "plan",
            style,
            "--set=adapter.settings={ form = 'tlora' }",
            "--set=adapter.targets=all");
    assertTrue(kernels.err().contains("convolutions of one point"), kernels.err());
    Run last = run("plan", style, "--set=adapter.settings={ form = 'tlora', sig_type = 'middle' }");
    assertTrue(last.err().contains("sig_type = middle cannot be stored as tlora"), last.err());
    Run least = run("plan", style, "--set=adapter.settings={ min_rank = 5 }");
    assertTrue(
        least.err().contains("min_rank directions at least, which is 5, and the rank is 4; give"),
        least.err());
    Run bits =
        run("plan", style, "--set=adapter.settings={ form = 'tlora' }", "--base-precision=nf4");
    assertTrue(bits.err().contains("trains with other weights"), bits.err());
    Run layout =
        run("plan", style, "--set=adapter.settings={ form = 'tlora' }", "--set=layout=diffusers");
    assertNotEquals(0, layout.code(), layout.out());
  }
}
