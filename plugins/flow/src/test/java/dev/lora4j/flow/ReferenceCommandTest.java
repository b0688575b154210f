package dev.lora4j.flow;

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
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code generate --reference} on a tiny FLUX.2 [klein]. */
class ReferenceCommandTest {
  private static final String KLEIN = "--base=" + TinyPipeline.KLEIN.source();

  @TempDir private Path folder = Path.of("");

  /** Output and errors behind the exit code. */
  private static String run(String... words) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(all, true, StandardCharsets.UTF_8);
    int code = Main.run(Console.of(print, print), words);
    return code + "\n" + all.toString(StandardCharsets.UTF_8);
  }

  private static void assertDone(String printed) {
    assertTrue(printed.startsWith("0\n"), printed);
  }

  private Path drawn(String name, Color colour, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(colour);
    g.fillRect(0, 0, width, height);
    g.dispose();
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private String beside(Path out, Path... references) {
    String[] words = new String[5 + references.length];
    words[0] = "generate";
    words[1] = "a hat";
    words[2] = KLEIN;
    words[3] = "--steps=2";
    words[4] = "-o=" + out;
    for (int i = 0; i < references.length; i++) {
      words[5 + i] = "--reference=" + references[i];
    }
    return run(words);
  }

  @Test
  void pictureHasTheSizeOfTheFirstReference() throws IOException {
    Path first = drawn("first.png", Color.RED, 37, 22);
    Path second = drawn("second.png", Color.BLUE, 16, 16);
    Path out = folder.resolve("out.png");
    assertDone(beside(out, first, second));
    BufferedImage made = ImageIO.read(out.toFile());
    assertEquals(36, made.getWidth());
    assertEquals(20, made.getHeight());
  }

  @Test
  void pictureIsMadeAgainBesideTheSameReferences() throws IOException {
    Path first = drawn("first.png", Color.RED, 24, 16);
    Path second = drawn("second.png", Color.BLUE, 16, 16);
    Path out = folder.resolve("out.png");
    assertDone(beside(out, first, second));
    String from = "--from=" + out;
    String again = "-o=" + folder.resolve("again.png");
    String one = "--reference=" + first;
    String two = "--reference=" + second;
    String same = run("generate", from, KLEIN, again, one, two);
    assertTrue(same.contains("The same picture as"), same);
    String turned = run("generate", from, KLEIN, again, two, one);
    assertTrue(turned.contains("a reference picture is another"), turned);
    String without = run("generate", from, KLEIN, again);
    assertTrue(without.contains("was made beside " + first + ", " + second), without);
    assertNotEquals("0", without.substring(0, 1));
  }

  @Test
  void basesThatSeeNoneRefuseThem() throws IOException {
    Path reference = drawn("reference.png", Color.RED, 16, 16);
    String base = "--base=" + TinyPipeline.ZIMAGE.source();
    String printed = run("generate", "a fox", base, "--reference=" + reference);
    assertTrue(printed.contains("takes no reference pictures"), printed);
    assertNotEquals("0", printed.substring(0, 1));
  }

  @Test
  void referencesAreNotWrittenOver() throws IOException {
    Path reference = drawn("reference.png", Color.RED, 16, 16);
    String printed = beside(reference, reference);
    assertTrue(printed.contains("would be written over"), printed);
  }
}
