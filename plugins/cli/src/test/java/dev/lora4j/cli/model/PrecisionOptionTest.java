package dev.lora4j.cli.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bases in few bits from the command line. */
class PrecisionOptionTest {
  @TempDir private Path folder;

  private static int[] pixels(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  private Path picture(String name, Object... options) {
    Path file = folder.resolve(name + ".png");
    List<Object> words = new ArrayList<>(List.of("generate", "a fox", "-o", file));
    words.addAll(List.of("--steps=2", "--seed=4", Run.BASE));
    words.addAll(List.of(options));
    Run run = Run.of(words.toArray());
    assertEquals(0, run.code(), run.err());
    return file;
  }

  @Test
  void picturesSayTheirPrecisionAndAreMadeAgainInIt() throws IOException {
    Path plain = picture("plain");
    Path small = picture("small", "--base-precision=nf4");
    assertFalse(Arrays.equals(pixels(plain), pixels(small)));
    Path again = folder.resolve("again.png");
    Run run = Run.of("generate", "--from", small, "-o", again, Run.BASE, "--json");
    assertEquals(0, run.code(), run.err());
    assertArrayEquals(pixels(small), pixels(again));
    String compute = run.json().get("compute").getAsString();
    assertTrue(compute.endsWith(" nf4:block=64,double=true"), compute);
    Run other = Run.of("generate", "--from", small, "-o", again, Run.BASE, "--base-precision=int8");
    assertTrue(other.out().contains("int8 now"), other.out());
  }

  @Test
  void anAdapterIsTrainedBesideFewBits() throws IOException {
    Path data = folder.resolve("data.txt");
    Files.writeString(data, "the whale and the sea\n\nthe sea and the whale\n\n".repeat(8));
    Path out = folder.resolve("mine");
    Run trained =
        Run.of(
            "text",
            "train",
            "--data",
            data,
            "-o",
            out,
            "--rank=2",
            "--epochs=2",
            "--batch=2",
            "--base-precision",
            "nf4:block=128,double=false");
    assertEquals(0, trained.code(), trained.err());
    Object[] write = {
      "text", "generate", "the sea", "--max-new-tokens=6", "--lora", out, "--base-precision=nf4"
    };
    Run written = Run.of(write);
    assertEquals(0, written.code(), written.err());
    assertEquals(written.out(), Run.of(write).out());
    Run merged =
        Run.of(
            "text",
            "merge",
            "--lora",
            out,
            "-o",
            folder.resolve("whole"),
            "--dtype=f32",
            "--base-precision=nf4");
    assertEquals(0, merged.code(), merged.err());
    Run ofMerged =
        Run.of(
            "text", "generate", "the sea", "--max-new-tokens=6", "--base", folder.resolve("whole"));
    assertEquals(0, ofMerged.code(), ofMerged.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nf5|There is no Quantisation 'nf5'. Did you mean nf4?",
        "nf4:block=7|block",
        "nf4:blocks=64|blocks",
        "int8:block=64|block",
      })
  void whatThereIsNotIsRefused(String name, String message) {
    for (String[] command : new String[][] {{"generate", "a fox"}, {"text", "generate", "a"}}) {
      Object[] words = Arrays.copyOf(command, command.length + 1, Object[].class);
      words[command.length] = "--base-precision=" + name;
      Run run = Run.of(words);
      assertEquals(2, run.code(), run.err());
      assertTrue(run.err().contains("--base-precision: "), run.err());
      assertTrue(run.err().contains(message), run.err());
    }
  }
}
