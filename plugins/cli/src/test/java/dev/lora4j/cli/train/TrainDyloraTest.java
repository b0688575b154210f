package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.cli.adapter.WithHeader;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One training by DyLoRA is an adapter of every rank: in pictures, in records and in files. */
class TrainDyloraTest {
  @TempDir private Path folder;

  private Path trained(Object... more) throws IOException {
    Path style = folder.resolve("style.safetensors");
    List<Object> words =
        new ArrayList<>(
            List.of(
                "train",
                "--images=" + Run.pictures(folder.resolve("pictures")),
                "-o",
                style,
                Run.BASE,
                "--method=dylora",
                "--rank=4",
                "--steps=6",
                "--compute=f32",
                "--set=previews.prompts=[]"));
    words.addAll(List.of(more));
    Run run = Run.of(words.toArray());
    assertEquals(0, run.code(), run.err());
    return style;
  }

  private Path picture(String name, String lora) {
    Path picture = folder.resolve(name + ".png");
    Run run =
        Run.of(
            "generate",
            "a ball",
            Run.BASE,
            "--lora=" + lora,
            "--steps=2",
            "--seed=1",
            "--compute=f32",
            "-o",
            picture);
    assertEquals(0, run.code(), run.err());
    return picture;
  }

  private static byte[] pixels(Path picture) throws IOException {
    BufferedImage image = ImageIO.read(picture.toFile());
    int[] all = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    byte[] bytes = new byte[4 * all.length];
    ByteBuffer.wrap(bytes).asIntBuffer().put(all);
    return bytes;
  }

  @Test
  void usedAndCutRanksAreOneAdapter() throws IOException {
    Path style = trained("--set=adapter.settings={ unit = 2 }");
    JsonObject found = Run.of("inspect", style, "--json").json().getAsJsonObject("dylora");
    assertEquals(2, found.get("unit").getAsInt());
    assertEquals(4, found.get("rank").getAsInt());
    assertEquals("original", found.get("scaling").getAsString());
    assertTrue(Run.of("inspect", style).out().contains("DyLoRA: ranks 2, 4 to 4"));
    Path cut = folder.resolve("cut.safetensors");
    Run resized = Run.of("resize", style, cut, "--dylora", "--rank=2", "--json");
    assertEquals(0, resized.code(), resized.err());
    assertEquals(2, resized.json().get("rank").getAsInt());
    assertTrue(Files.size(cut) < Files.size(style));
    byte[] used = pixels(picture("used", style + ":0.9:rank=2"));
    assertArrays(used, pixels(picture("cut", cut + ":0.9")), true);
    assertArrays(used, pixels(picture("whole", style + ":0.9")), false);
    assertArrays(
        pixels(picture("all", style + ":rank=4")), pixels(picture("one", "" + style)), true);
  }

  private static void assertArrays(byte[] one, byte[] other, boolean same) {
    assertEquals(same, Arrays.equals(one, other));
  }

  @Test
  void recordsRepeatTheRank() throws IOException {
    Path style = trained();
    Path picture = picture("used", style + ":0.9:rank=3");
    for (String lora : new String[] {"" + style, style + ":rank=3"}) {
      Path again = folder.resolve("again.png");
      Run run = Run.of("generate", "--from", picture, Run.BASE, "--lora=" + lora, "-o", again);
      assertEquals(0, run.code(), run.err());
      assertArrays(pixels(picture), pixels(again), true);
      Files.delete(again);
    }
    Run other = Run.of("generate", "--from", picture, Run.BASE, "--lora=" + style + ":rank=2");
    assertNotEquals(0, other.code());
  }

  @Test
  void otherTrainersScalesAreTold() throws IOException {
    Path style = trained();
    Path lycoris =
        WithHeader.of(
            style,
            Map.of(
                "ss_network_module", "lycoris.kohya",
                "ss_network_args", "{\"algo\": \"dylora\", \"block_size\": \"2\"}"),
            folder.resolve("lycoris.safetensors"));
    String told = Run.of("inspect", lycoris, Run.BASE).out();
    assertTrue(told.contains("trained at 2 times the strength"), told);
    assertArrays(
        pixels(picture("twice", lycoris + ":2")),
        pixels(picture("whole", lycoris + ":rank=4")),
        true);
    Path kohya =
        WithHeader.of(
            style,
            Map.of("ss_network_module", "networks.dylora"),
            folder.resolve("kohya.safetensors"));
    assertFalse(Run.of("inspect", kohya, Run.BASE).out().contains("times the strength"));
    // alpha / sqrt(4 * 1) = alpha / 2 at rank 1, where the original's is alpha / 1.
    assertArrays(
        pixels(picture("kohya", kohya + ":1:rank=1")),
        pixels(picture("half", style + ":0.5:rank=1")),
        true);
  }

  @Test
  void ranksOfOtherAdaptersAreRefused() throws IOException {
    Path plain = Run.TINY_SD.resolve("lora-kohya.safetensors");
    Run run = Run.of("generate", "a ball", Run.BASE, "--lora=" + plain + ":rank=2");
    assertTrue(run.err().contains("was not trained by DyLoRA"), run.err());
    assertTrue(run.err().contains("resize"), run.err());
    Run cut = Run.of("resize", plain, folder.resolve("x.safetensors"), "--dylora", "--rank=2");
    assertTrue(cut.err().contains("was not trained by DyLoRA"), cut.err());
    Path style = trained();
    Run more = Run.of("generate", "a ball", Run.BASE, "--lora=" + style + ":rank=5");
    assertTrue(more.err().contains("has the ranks 1 to 4; rank 5"), more.err());
    Run both =
        Run.of(
            "resize", style, folder.resolve("x.safetensors"), "--dylora", "--rank=2", "--sv-fro=1");
    assertTrue(both.err().contains("--dylora keeps the first directions"), both.err());
    assertFalse(Files.exists(folder.resolve("x.safetensors")));
    // Its directions are those of a decomposition then.
    Path best = folder.resolve("best.safetensors");
    assertEquals(0, Run.of("resize", style, best, "--rank=2", Run.BASE).code());
    assertTrue(Run.of("inspect", best, "--json").json().get("dylora") == null);
  }
}
