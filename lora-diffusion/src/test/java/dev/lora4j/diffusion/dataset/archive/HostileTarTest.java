package dev.lora4j.diffusion.dataset.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tars that are damaged, or made to do harm: refused by name, and nothing of them is left. */
class HostileTarTest {
  @TempDir private Path temporary = Path.of("");

  private String refusal(byte[] tar, String name) throws IOException {
    Path file = Files.write(temporary.resolve(name), tar);
    TestUnpacking unpacking = TestUnpacking.in(temporary.resolve("cache"));
    String sentence =
        assertThrows(ArchiveException.class, () -> unpacking.of(file), name).sentence();
    assertEquals(List.of(), unpacking.left(), sentence);
    try (var beside = Files.list(temporary)) {
      assertTrue(
          beside.allMatch(f -> f.equals(file) || f.equals(unpacking.root())),
          "something was written outside");
    }
    Files.delete(file);
    return sentence;
  }

  private void assertRefused(TestTar tar, String... parts) throws IOException {
    String sentence = refusal(tar.bytes(), "a.tar");
    for (String part : parts) {
      assertTrue(sentence.contains(part), sentence);
    }
  }

  private static TestTar started() {
    return new TestTar().pair("fine", 1, "a fine one");
  }

  @Test
  void namesThatLeadOutAreRefused() throws IOException {
    for (String name :
        List.of(
            "/etc/fox.png", "../fox.png", "a/../../fox.png", "a\\..\\..\\fox.png", "C:/fox.png")) {
      assertRefused(started().member(name, TestTar.png(2)), "'" + name + "'", "leads out");
    }
    assertRefused(started().text("../../note.cls", "also unused ones"), "leads out");
  }

  @Test
  void linksDevicesAndPipesAreRefused() throws IOException {
    assertRefused(
        started().link("fox.png", TarConstants.LF_SYMLINK, "/etc/passwd"), "'fox.png'", "a link");
    assertRefused(
        started().link("fox.png", TarConstants.LF_LINK, "fine.png"), "'fox.png'", "a link");
    assertRefused(started().link("fox.png", TarConstants.LF_CHR, ""), "'fox.png'", "a device");
    assertRefused(started().link("fox.png", TarConstants.LF_BLK, ""), "'fox.png'", "a device");
    assertRefused(started().link("fox.png", TarConstants.LF_FIFO, ""), "'fox.png'", "a pipe");
    assertRefused(started().link("fox.png", (byte) 'Q', ""), "'fox.png'", "unknown kind");
  }

  @Test
  void sparseFileIsRefused() throws IOException {
    byte[] tar = started().member("fox.png", new byte[0]).bytes();
    int header = header(tar, "fox.png");
    tar[header + 156] = TarConstants.LF_GNUTYPE_SPARSE;
    System.arraycopy("ustar  \0".getBytes(StandardCharsets.US_ASCII), 0, tar, header + 257, 8);
    String sentence = refusal(summed(tar, header), "a.tar");
    assertTrue(sentence.contains("'fox.png'") && sentence.contains("a sparse file"), sentence);
  }

  @Test
  void memberOfHugeSizeIsRefusedBeforeItIsRead() throws IOException {
    byte[] tar = started().member("fox.png", TestTar.png(2)).bytes();
    int header = header(tar, "fox.png");
    octal(tar, header + 124, 7L << 30);
    String sentence = refusal(summed(tar, header), "a.tar");
    assertTrue(sentence.contains("'fox.png' of " + (7L << 30) + " bytes"), sentence);
    byte[] text = started().text("fox.txt", "x").bytes();
    int its = header(text, "fox.txt");
    octal(text, its + 124, 2L << 20);
    assertTrue(refusal(summed(text, its), "a.tar").contains("'fox.txt' of 2097152 bytes"));
  }

  @Test
  void duplicateKeysAreRefused() throws IOException {
    byte[] png = TestTar.png(2);
    assertRefused(started().member("fine.png", png), "second picture", "'fine'");
    assertRefused(started().member("fine.jpg", png), "second picture", "'fine'", ".jpg");
    assertRefused(started().text("fine.txt", "again"), "'fine.txt' a second time");
    assertRefused(started().member("FINE.png", png), "'fine'", "'FINE'", "upper and lower case");
    assertRefused(started().text("Fine.txt", "again"), "'fine'", "'Fine'", "upper and lower case");
  }

  @Test
  void truncatedTarIsRefusedWhereverItEnds() throws IOException {
    byte[] whole = started().pair("fox", 2, "a fox").bytes();
    int end = header(whole, "fox.txt") + 1024;
    for (int length = 0; length < end; length += 97) {
      String sentence = refusal(Arrays.copyOf(whole, length), "a.tar");
      assertTrue(sentence.contains("cut off") || sentence.contains("damaged"), sentence);
    }
    // Between two members, where readers of tars are content.
    String sentence = refusal(Arrays.copyOf(whole, header(whole, "fox.png")), "a.tar");
    assertTrue(sentence.contains("cut off"), sentence);
    int within = header(whole, "fox.png") + 600;
    assertTrue(refusal(Arrays.copyOf(whole, within), "a.tar").contains("'fox.png'"));
  }

  @Test
  void truncatedGzipIsRefused() throws IOException {
    byte[] whole = TestTar.gzip(started().pair("fox", 2, "a fox").bytes());
    for (int length = 20; length < whole.length; length += 211) {
      String sentence = refusal(Arrays.copyOf(whole, length), "a.tar.gz");
      assertTrue(sentence.contains("cut off"), sentence);
    }
  }

  @Test
  void secondTarBehindTheEndIsNotDroppedInSilence() throws IOException {
    byte[] one = started().bytes();
    byte[] two = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(new TestTar().pair("fox", 2, "a fox").bytes(), 0, two, one.length, one.length);
    assertTrue(refusal(two, "a.tar").contains("behind the mark of its end"));
  }

  @Test
  void bombInGzipIsRefused() throws IOException {
    byte[] bomb = TestTar.gzip(started().member("fox.bmp", new byte[100 << 20]).bytes());
    assertTrue(bomb.length < 1 << 20);
    assertTrue(refusal(bomb, "a.tar.gz").contains("made to do harm"));
  }

  @Test
  void bytesThatAreNoTarAreRefused() throws IOException {
    byte[] noise = new byte[4096];
    new java.util.Random(5).nextBytes(noise);
    assertTrue(refusal(noise, "a.tar").contains("no tar"));
    assertTrue(refusal(new byte[0], "b.tar").contains("cut off"));
  }

  @Test
  void textsThatCannotBeReadAreRefused() throws IOException {
    assertRefused(
        started().member("fox.txt", new byte[] {'a', (byte) 0xe9, 'b'}), "'fox.txt'", "UTF-8");
    assertRefused(started().text("fox.json", "{\"caption\": "), "'fox.json'", "no JSON");
    assertRefused(started().text("fox.json", "[".repeat(200_000)), "'fox.json'", "no JSON");
  }

  @Test
  void keyTooLongForAFileIsRefused() throws IOException {
    assertRefused(started().member("x".repeat(250) + ".png", TestTar.png(2)), "250 bytes");
  }

  private static int header(byte[] tar, String name) {
    byte[] wanted = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    for (int at = 0; at < tar.length; at += 512) {
      if (Arrays.equals(tar, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    throw new AssertionError(name);
  }

  private static void octal(byte[] tar, int at, long number) {
    byte[] digits = String.format("%011o\0", number).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, tar, at, digits.length);
  }

  /** The tar with the right sum of a header that was changed. */
  private static byte[] summed(byte[] tar, int header) {
    Arrays.fill(tar, header + 148, header + 156, (byte) ' ');
    int sum = 0;
    for (int i = header; i < header + 512; i++) {
      sum += tar[i] & 0xff;
    }
    byte[] digits = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, tar, header + 148, digits.length);
    return tar;
  }
}
