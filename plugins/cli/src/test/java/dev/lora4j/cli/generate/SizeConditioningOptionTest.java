package dev.lora4j.cli.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Run;
import dev.lora4j.diffusion.record.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sizes that a Stable Diffusion XL is told, as options. */
class SizeConditioningOptionTest {
  private static final Path TINY_XL = Path.of("../../lora-diffusion/src/test/resources/tiny-xl");

  @TempDir private Path folder;

  private Run make(Path output, Object... more) {
    Object[] all = new Object[more.length + 8];
    Object[] begin = {
      "generate", "a fox", "--negative=hat", "--steps=2", "--seed=5", "-o", output, "--compute=f32"
    };
    System.arraycopy(begin, 0, all, 0, begin.length);
    System.arraycopy(more, 0, all, begin.length, more.length);
    return Run.of(all);
  }

  @Test
  void sizeOptionsChangeThePictureAndAreRecorded() throws IOException {
    String base = "--base=" + TINY_XL;
    Path plain = folder.resolve("plain.png");
    assertEquals(0, make(plain, base).code());
    Path told = folder.resolve("told.png");
    Run made =
        make(told, base, "--original-size=20x12", "--crop=2,3", "--negative-target-size=8x6");
    assertEquals(0, made.code(), made.err());
    assertFalse(Arrays.equals(Files.readAllBytes(plain), Files.readAllBytes(told)));
    JsonObject record = JsonParser.parseString(PngFile.texts(told).get("lora4j")).getAsJsonObject();
    JsonObject sizes = record.getAsJsonObject("sizes");
    assertEquals(12, sizes.get("originalHeight").getAsInt());
    assertEquals(3, sizes.get("cropLeft").getAsInt());
    JsonObject negative = record.getAsJsonObject("negative_sizes");
    assertEquals(20, negative.get("originalWidth").getAsInt());
    assertEquals(8, negative.get("targetWidth").getAsInt());
    Path again = folder.resolve("again.png");
    Run repeated = Run.of("generate", "--from", told, "-o", again, base);
    assertTrue(repeated.out().contains("bit for bit"), repeated.out() + repeated.err());
    assertArrayEquals(Files.readAllBytes(told), Files.readAllBytes(again));
  }

  @Test
  void invalidSizeOptionsAreRefused() {
    Path output = folder.resolve("a.png");
    Run noXl = make(output, Run.BASE, "--crop=2,3");
    assertEquals(1, noXl.code());
    assertTrue(noXl.err().contains("no Stable Diffusion XL"), noXl.err());
    Run form = make(output, Run.BASE, "--crop=2");
    assertEquals(2, form.code());
    assertTrue(form.err().contains("TOP,LEFT"), form.err());
  }
}
