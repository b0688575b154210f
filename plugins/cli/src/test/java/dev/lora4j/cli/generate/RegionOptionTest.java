package dev.lora4j.cli.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters that count in a part of the picture, on the command line. */
class RegionOptionTest {
  private static final Path INK = Run.TINY_SD.resolve("lora-kohya.safetensors");
  private static final String NAME = "lora-kohya=";

  @TempDir private Path folder;

  private Path mask(String name, int from, int to) throws IOException {
    BufferedImage image = new BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB);
    for (int x = from; x < to; x++) {
      for (int y = 0; y < 8; y++) {
        image.setRGB(x, y, 0xffffff);
      }
    }
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private Run make(Object... more) {
    Object[] all = new Object[more.length + 6];
    Object[] begin = {"generate", "a fox", "--steps=2", "--seed=5", Run.BASE, "--compute=f32"};
    System.arraycopy(begin, 0, all, 0, begin.length);
    System.arraycopy(more, 0, all, begin.length, more.length);
    return Run.of(all);
  }

  @Test
  void pictureWithRegionIsReproducedWithTheRegion() throws IOException {
    Path left = mask("left.png", 0, 8);
    Path first = folder.resolve("first.png");
    Run made = make("-o", first, "--lora", INK, "--region", NAME + left, "--leakage");
    assertEquals(0, made.code(), made.err());
    assertTrue(made.out().contains(", within " + left), made.out());
    assertTrue(
        made.out().matches("(?s).*lora-kohya changed by \\d+\\.\\d\\d of 255 inside its region.*"),
        made.out());
    Path again = folder.resolve("again.png");
    Run without = Run.of("generate", "--from", first, "-o", again, Run.BASE, "--lora", INK);
    assertEquals(1, without.code());
    assertTrue(without.err().contains("give it by --region"), without.err());
    Run other =
        Run.of(
            "generate",
            "--from",
            first,
            "-o",
            again,
            Run.BASE,
            "--lora",
            INK,
            "--region",
            NAME + mask("right.png", 8, 16));
    assertTrue(other.err().contains("is not the region that"), other.err());
    assertFalse(Files.exists(again));
    Run same =
        Run.of(
            "generate",
            "--from",
            first,
            "-o",
            again,
            Run.BASE,
            "--lora",
            INK,
            "--region",
            NAME + left);
    assertTrue(same.out().contains("bit for bit"), same.out() + same.err());
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(again));
  }

  @Test
  void invalidRegionsAreRefused() throws IOException {
    Path out = folder.resolve("out.png");
    Run dark = make("-o", out, "--lora", INK, "--region", NAME + mask("dark.png", 0, 0));
    assertEquals(1, dark.code());
    assertTrue(dark.err().contains("black everywhere"), dark.err());
    Run unused = make("-o", out, "--region", NAME + mask("left.png", 0, 8));
    assertTrue(unused.err().contains("--region is for lora-kohya"), unused.err());
    Run missing = make("-o", out, "--lora", INK, "--region", NAME + folder.resolve("no.png"));
    assertTrue(missing.err().contains("There is no file"), missing.err());
    assertFalse(Files.exists(out));
  }
}
