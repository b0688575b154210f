package dev.lora4j.diffusion.dataset.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files that make a decoder take far more than their size in pixels tells. */
class PictureBombTest {
  private static final Path FOLDER = Path.of("src/test/resources/data-set");

  @TempDir Path folder;

  @Test
  void webpWithALargerInnerPictureIsRefused() throws IOException {
    ByteBuffer file = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    file.put(ascii("RIFF")).putInt(56).put(ascii("WEBPVP8X")).putInt(10).putInt(0);
    three(file, 63);
    three(file, 63);
    int inside = file.position();
    file.put(ascii("VP8L")).putInt(26).put((byte) 0x2f).putInt(15999 | 15999 << 14);
    String both = "declares 64x64 pixels and holds a picture of 16000x16000.";
    refused(both, file.array());
    // The same within the frame of an animation, in the other form of pixels.
    file.position(inside);
    file.put(ascii("ANMF")).putInt(26).put(new byte[16]).put(ascii("VP8 ")).putInt(2);
    file.putShort((short) 0);
    ByteBuffer longer = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
    longer.put(file.array()).putInt(4, 72).putInt(inside + 4, 42);
    longer.putInt(inside + 8 + 16 + 4, 18);
    longer.putShort(inside + 8 + 16 + 8 + 6, (short) 16000);
    longer.putShort(inside + 8 + 16 + 8 + 8, (short) 16000);
    refused(both, longer.array());
  }

  private static void three(ByteBuffer file, int number) {
    file.putShort((short) number).put((byte) 0);
  }

  @Test
  void aBmpAroundAnotherFormatIsRefused() throws IOException {
    byte[] bmp = encoded("bmp");
    ByteBuffer fields = ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(16, PictureFile.read(file(bmp)).decode().width());
    refused("holds a file of another format", changed(bmp, fields, 30, 5));
    refused("declares 4294967295 colours", changed(bmp, fields, 46, -1));
  }

  private static byte[] changed(byte[] file, ByteBuffer fields, int at, int value) {
    int before = fields.getInt(at);
    fields.putInt(at, value);
    byte[] changed = file.clone();
    fields.putInt(at, before);
    return changed;
  }

  @Test
  void jpegOfManyScansOrSizesIsRefused() throws IOException {
    byte[] jpeg = Files.readAllBytes(FOLDER.resolve("gray.jpg"));
    byte[] scan = {-1, (byte) 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0};
    byte[] scans = new byte[501 * scan.length];
    for (int i = 0; i < 501; i++) {
      System.arraycopy(scan, 0, scans, i * scan.length, scan.length);
    }
    refused("has 502 scans of its pixels; at most 500 are read.", inserted(jpeg, 2, scans));
    byte[] frame = {-1, (byte) 0xc3, 0, 11, 8, (byte) 0xff, -1, (byte) 0xff, -1, 1, 1, 17, 0};
    refused("declares its size 2 times.", inserted(jpeg, 2, frame));
  }

  @Test
  void textsAndProfilesDoNotReachTheDecoder() throws IOException {
    byte[] png = Files.readAllBytes(FOLDER.resolve("gray.png"));
    byte[] bomb = deflated(64 << 20);
    byte[] with = inserted(png, 33, chunk("zTXt", "k\0\0", bomb));
    with = inserted(with, 33, chunk("iCCP", "p\0\0", bomb));
    with = inserted(with, 33, chunk("iTXt", "t\0\1\0\0\0", bomb));
    byte[] needed = PngChunks.needed(with);
    String names = new String(needed, StandardCharsets.ISO_8859_1);
    assertFalse(names.contains("zTXt") || names.contains("iCCP") || names.contains("iTXt"));
    assertArrayEquals(
        PictureFile.read(FOLDER.resolve("gray.png")).decode().samples(),
        PictureFile.read(file(with)).decode().samples());
    // The first header is what counts: the one that the size was taken from.
    byte[] second = Arrays.copyOfRange(png, 8, 33);
    assertArrayEquals(PngChunks.needed(png), PngChunks.needed(inserted(png, 33, second)));
  }

  @Test
  void formatsThatAreNotNamedAreNotDecoded() throws IOException {
    refused("is no picture that can be read; expected png, jpeg", encoded("tiff"));
  }

  @Test
  void aDeviceIsNoPicture() {
    Path device = Path.of("/dev/zero");
    if (Files.exists(device)) {
      String message =
          assertTimeoutPreemptively(
              Duration.ofSeconds(20),
              () ->
                  assertThrows(PictureFileException.class, () -> PictureFile.read(device))
                      .sentence());
      assertTrue(message.contains("a device; expected a regular file"), message);
    }
  }

  @Test
  void masksMayBeSmallerThanTrainingPictures() throws IOException {
    Path file = folder.resolve("halves.png");
    BufferedImage halves = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    halves.setRGB(1, 0, 0x123456);
    ImageIO.write(halves, "png", file.toFile());
    assertEquals(0xff123456, PictureFile.read(file).decodeAnySize().image().getRGB(1, 0));
    assertThrows(PictureFileException.class, () -> PictureFile.read(file).decode());
  }

  @Test
  void anImageHasThePixelsOfTheMap() throws IOException {
    PixelMap alpha = PictureFile.read(FOLDER.resolve("alpha.png")).decode();
    BufferedImage image = alpha.image();
    assertEquals(
        alpha.at(3, 5, 3) << 24
            | alpha.at(3, 5, 0) << 16
            | alpha.at(3, 5, 1) << 8
            | alpha.at(3, 5, 2),
        image.getRGB(3, 5));
    int gray = alpha.channel(1).image().getRGB(3, 5);
    assertEquals(0xff000000 | alpha.at(3, 5, 1) * 0x010101, gray);
  }

  private void refused(String sentence, byte[] bytes) throws IOException {
    Path file = file(bytes);
    String message =
        assertThrows(PictureFileException.class, () -> PictureFile.read(file).decode()).sentence();
    assertTrue(message.contains(sentence), message);
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("picture"), bytes);
  }

  private static byte[] encoded(String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB), format, bytes);
    return bytes.toByteArray();
  }

  static byte[] inserted(byte[] file, int at, byte[] more) {
    byte[] with = new byte[file.length + more.length];
    System.arraycopy(file, 0, with, 0, at);
    System.arraycopy(more, 0, with, at, more.length);
    System.arraycopy(file, at, with, at + more.length, file.length - at);
    return with;
  }

  static byte[] chunk(String name, String begin, byte[] data) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + begin.length() + data.length);
    chunk.putInt(begin.length() + data.length).put(ascii(name)).put(ascii(begin)).put(data);
    CRC32 check = new CRC32();
    check.update(chunk.array(), 4, chunk.position() - 4);
    return chunk.putInt((int) check.getValue()).array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] deflated(int zeros) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      out.write(new byte[zeros]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
