package dev.lora4j.diffusion.dataset.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures as Pillow wrote them, against what Pillow makes of them. */
class PictureFileTest {
  static final Path FOLDER = Path.of("src/test/resources/data-set");

  @TempDir Path temporary;

  static PixelMap decoded(String name) {
    return PictureFile.read(FOLDER.resolve(name)).decode();
  }

  @ParameterizedTest
  @CsvSource({
    "orientation-1.png, upright, 0",
    "orientation-2.png, upright, 0",
    "orientation-3.png, upright, 0",
    "orientation-4.png, upright, 0",
    "orientation-5.png, upright, 0",
    "orientation-6.png, upright, 0",
    "orientation-7.png, upright, 0",
    "orientation-8.png, upright, 0",
    "turned.webp, upright, 0",
    "turned.jpg, turned, 3",
    "colour.webp, upright, 0",
    // Another decoder than libwebp: single pixels differ, the colours as a whole do not.
    "lossy.webp, lossy, 32",
    "gray.png, gray, 0",
    "gray16.png, gray, 0",
    "gray.jpg, gray-jpeg, 3",
    "palette.png, palette, 0",
    "bits.png, bits, 0",
    "cmyk.jpg, cmyk, 3"
  })
  void everyPixelFormatIsRead(String name, String expected, int tolerance) {
    PixelMap wanted = decoded(expected + ".expected.png");
    PixelMap found = decoded(name);
    assertEquals(wanted.width() + "x" + wanted.height(), found.width() + "x" + found.height());
    assertTrue(
        largestDifference(wanted, found) <= tolerance,
        () -> name + " differs by " + largestDifference(wanted, found));
  }

  static int largestDifference(PixelMap a, PixelMap b) {
    int largest = 0;
    for (int i = 0; i < a.samples().length; i++) {
      largest = Math.max(largest, Math.abs((a.samples()[i] & 0xff) - (b.samples()[i] & 0xff)));
    }
    return largest;
  }

  @ParameterizedTest
  @CsvSource({
    "alpha.png, white, 16777215",
    "alpha.png, magenta, 16711935",
    "alpha.webp, magenta, 16711935"
  })
  void transparentPlacesShowTheBackground(String name, String expected, int background) {
    PixelMap found = decoded(name).over(background);
    assertArrayEquals(decoded("alpha-" + expected + ".expected.png").samples(), found.samples());
  }

  @Test
  void grayWithAlphaKeepsBothChannels() {
    PixelMap both = decoded("gray-alpha.png");
    assertEquals(4, both.channels());
    assertArrayEquals(decoded("gray.png").channel(0).samples(), both.channel(0).samples());
    assertArrayEquals(decoded("alpha.png").channel(3).samples(), both.channel(3).samples());
  }

  @Test
  void headerSizeHeedsTheOrientation() {
    PictureHeader header = PictureFile.read(FOLDER.resolve("turned.webp")).header();
    assertEquals(48, header.width());
    assertEquals(32, header.height());
    assertEquals(6, header.orientation().tag());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gray.png", "turned.jpg", "colour.webp", "lossy.webp", "cmyk.jpg"})
  void aFileThatIsCutAnywhereIsRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(FOLDER.resolve(name));
    for (int kept = 1; kept < whole.length - 1; kept += 37) {
      Path cut = temporary.resolve(kept + name);
      Files.write(cut, Arrays.copyOf(whole, kept));
      assertThrows(PictureFileException.class, () -> PictureFile.read(cut).header(), cut::toString);
    }
  }

  @Test
  void aThumbnailsEndIsNotThePicturesEnd() throws IOException {
    byte[] whole = Files.readAllBytes(FOLDER.resolve("turned.jpg"));
    byte[] withThumbnail = new byte[whole.length + 12];
    byte[] segment = {-1, (byte) 0xe2, 0, 10, 0, 0, -1, (byte) 0xd8, -1, (byte) 0xd9, 0, 0};
    System.arraycopy(whole, 0, withThumbnail, 0, 2);
    System.arraycopy(segment, 0, withThumbnail, 2, 12);
    System.arraycopy(whole, 2, withThumbnail, 14, whole.length - 2);
    Path file = temporary.resolve("thumbnail.jpg");
    Files.write(file, withThumbnail);
    assertEquals(48, PictureFile.read(file).header().width());
    Files.write(file, Arrays.copyOf(withThumbnail, whole.length / 2));
    refused("is cut off before its end", file);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void strayBytesOfAJpegAreReported(boolean header) throws IOException {
    byte[] whole = Files.readAllBytes(FOLDER.resolve("gray.jpg"));
    int first = 4 + ByteBuffer.wrap(whole).getShort(4);
    int at = header ? first : whole.length - 2;
    byte[] odd = new byte[whole.length + 3];
    System.arraycopy(whole, 0, odd, 0, at);
    Arrays.fill(odd, at, at + 3, (byte) 7);
    System.arraycopy(whole, at, odd, at + 3, whole.length - at);
    Path file = temporary.resolve("odd.jpg");
    Files.write(file, odd);
    List<String> remarks = new ArrayList<>();
    assertArrayEquals(
        decoded("gray.jpg").samples(), PictureFile.read(file).decode(remarks::add).samples());
    assertEquals(1, remarks.size(), remarks::toString);
    assertTrue(remarks.get(0).startsWith("has bytes that belong to nothing ("), remarks::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gray.png", "palette.png"})
  void damagedPixelsAreRefused(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(FOLDER.resolve(name));
    Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 200, (byte) 0x5a);
    Path file = temporary.resolve(name);
    Files.write(file, bytes);
    assertThrows(PictureFileException.class, () -> PictureFile.read(file).decode());
  }

  @Test
  void bombIsRefusedBeforeDecoding() throws IOException {
    refused("declares 30000x30000 pixels, more than the 89478485", declaring(30000));
  }

  @Test
  void aPictureOfOnePixelIsRefused() throws IOException {
    refused("has 1x1 pixels; a side needs at least 8", declaring(1));
  }

  /** A PNG file that says to have this many columns and rows. */
  private Path declaring(int side) throws IOException {
    byte[] bytes = Files.readAllBytes(FOLDER.resolve("gray.png"));
    ByteBuffer.wrap(bytes).putInt(16, side).putInt(20, side);
    CRC32 check = new CRC32();
    check.update(bytes, 12, 17);
    ByteBuffer.wrap(bytes).putInt(29, (int) check.getValue());
    Path file = temporary.resolve("side-" + side + ".png");
    Files.write(file, bytes);
    return file;
  }

  @Test
  void filesThatAreNoPictureAreRefused() throws IOException {
    Path file = temporary.resolve("text.png");
    Files.writeString(file, "This is no picture, but it is long enough to be one.");
    refused("is no picture that can be read", file);
    Files.write(file, new byte[0]);
    refused("is an empty file", file);
    refused("does not exist", temporary.resolve("absent.png"));
  }

  private static void refused(String sentence, Path file) {
    String message =
        assertThrows(PictureFileException.class, () -> PictureFile.read(file).header())
            .getMessage();
    assertTrue(message.contains(sentence), message);
  }

  @Test
  void hiddenFilesAndTextsAreNoPictures() {
    assertTrue(PictureFile.named(Path.of("a/Fox.WEBP")));
    assertTrue(PictureFile.named(Path.of("a/fox.jfif")));
    assertEquals(false, PictureFile.named(Path.of("a/._fox.png")));
    assertEquals(false, PictureFile.named(Path.of("a/fox.txt")));
  }
}
