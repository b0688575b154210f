package dev.lora4j.diffusion.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngFileTest {
  private static final BufferedImage IMAGE = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);

  @TempDir private Path folder;

  @Test
  void textsOfEachKindAreRead() throws IOException {
    Path file = folder.resolve("a.png");
    PngFile.write(file, IMAGE, Map.of("parameters", "Ein Fuchs, grün, 狐"));
    byte[] png = Files.readAllBytes(file);
    png = inserted(png, chunk("tEXt", "plain\0gr\u00fcn", new byte[0]));
    png = inserted(png, chunk("zTXt", "packed\0\0", deflated("grün", StandardCharsets.ISO_8859_1)));
    png = inserted(png, chunk("iTXt", "both\0\1\0ja\0狐\0", deflated("狐", StandardCharsets.UTF_8)));
    Files.write(file, png);
    assertEquals(
        Map.of("parameters", "Ein Fuchs, grün, 狐", "plain", "grün", "packed", "grün", "both", "狐"),
        PngFile.texts(file));
  }

  @Test
  void aTextThatUnpacksWithoutEndIsRefused() throws IOException {
    byte[] bomb = deflated("x".repeat(17 << 20), StandardCharsets.ISO_8859_1);
    for (String kind : new String[] {"zTXt", "iTXt"}) {
      Path file = folder.resolve(kind + ".png");
      PngFile.write(file, IMAGE, "parameters");
      byte[] chunk = chunk(kind, kind.equals("zTXt") ? "k\0\0" : "k\0\1\0\0\0", bomb);
      Files.write(file, inserted(Files.readAllBytes(file), chunk));
      assertTrue(Files.size(file) < 1 << 18);
      String message =
          assertThrows(IllegalArgumentException.class, () -> PngFile.texts(file)).getMessage();
      assertTrue(message.contains("has texts of more than 16777216 bytes"), message);
    }
  }

  @Test
  void damagedTextsAreRefusedByName() throws IOException {
    Path file = folder.resolve("a.png");
    PngFile.write(file, IMAGE, "parameters");
    byte[] png = Files.readAllBytes(file);
    for (int kept = 0; kept < png.length - 12; kept++) {
      Files.write(file, Arrays.copyOf(png, kept));
      assertThrows(IllegalArgumentException.class, () -> PngFile.texts(file));
    }
    for (byte[] chunk :
        new byte[][] {
          chunk("tEXt", "no end of the keyword", new byte[0]),
          chunk("zTXt", "k\0\0", new byte[] {1, 2, 3}),
          chunk("iTXt", "k\0\0\7", new byte[0])
        }) {
      Files.write(file, inserted(png, chunk));
      String message =
          assertThrows(IllegalArgumentException.class, () -> PngFile.texts(file)).getMessage();
      assertTrue(message.startsWith(file.toString()), message);
    }
  }

  @Test
  void unwritablePictureIsSavedElsewhere() throws IOException {
    Path taken = Files.writeString(folder.resolve("taken"), "A file where a folder is to be.");
    Path file = taken.resolve("fox.png");
    String message =
        assertThrows(UncheckedIOException.class, () -> PngFile.write(file, IMAGE, "a fox"))
            .getMessage();
    assertTrue(message.startsWith("Cannot write " + file + ": "), message);
    Path kept = Path.of(message.replaceFirst("(?s).* The picture is kept in (.*)\\.$", "$1"));
    assertEquals(8, ImageIO.read(kept.toFile()).getWidth());
    assertEquals(Map.of("parameters", "a fox"), PngFile.texts(kept));
    Files.delete(kept);
  }

  /** Into a PNG file, behind its header. */
  private static byte[] inserted(byte[] file, byte[] chunk) {
    return ByteBuffer.allocate(file.length + chunk.length)
        .put(file, 0, 33)
        .put(chunk)
        .put(file, 33, file.length - 33)
        .array();
  }

  private static byte[] chunk(String name, String begin, byte[] data) {
    byte[] first =
        begin.getBytes(name.equals("iTXt") ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(12 + first.length + data.length)
        .putInt(first.length + data.length)
        .put(name.getBytes(StandardCharsets.ISO_8859_1))
        .put(first)
        .put(data)
        .array();
  }

  private static byte[] deflated(String text, java.nio.charset.Charset charset) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      out.write(text.getBytes(charset));
    }
    return bytes.toByteArray();
  }
}
