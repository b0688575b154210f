package dev.lora4j.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.diffusion.dataset.archive.ArchiveException;
import dev.lora4j.diffusion.dataset.archive.Shards;
import dev.lora4j.diffusion.dataset.archive.UnpackListener;
import dev.lora4j.diffusion.dataset.archive.UnpackedFolder;
import dev.lora4j.diffusion.dataset.archive.UnpackedFolders;
import dev.lora4j.diffusion.dataset.source.ArchiveColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetArchiveTest {
  private static final Path RESOURCES = Path.of("src/test/resources");

  @TempDir private Path temporary = Path.of("");

  private UnpackedFolder unpacked(Path file, ArchiveColumns columns) throws IOException {
    Shards shards = Shards.of(file, false).orElseThrow();
    UnpackedFolders folders = UnpackedFolders.in(temporary.resolve("cache"));
    return folders.of(shards, columns, UnpackListener.NONE);
  }

  private UnpackedFolder unpacked(String name) throws IOException {
    return unpacked(RESOURCES.resolve(name), ArchiveColumns.FOUND);
  }

  private String refusal(Path file, ArchiveColumns columns) {
    return assertThrows(ArchiveException.class, () -> unpacked(file, columns)).sentence();
  }

  /** Texts of captions and digests of pictures, by the names of files. */
  private static Map<String, String> content(UnpackedFolder unpacked) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.list(unpacked.folder())) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        content.put(
            name,
            name.endsWith(".txt") ? Files.readString(file) : Digests.hex(Files.readAllBytes(file)));
      }
    }
    return content;
  }

  private static List<String[]> rows() throws IOException {
    return Files.readAllLines(RESOURCES.resolve("hub.txt")).stream()
        .map(line -> line.split("\t", -1))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hub", "snappy", "gzip", "zstd", "lz4"})
  void rowsOfTheHubAreFilesWithTheirBytes(String name) throws IOException {
    Map<String, String> expected = new TreeMap<>();
    String[] endings = {".png", ".jpg", ".webp", "", ".bmp"};
    for (String[] row : rows()) {
      int number = Integer.parseInt(row[0]);
      String key = name + "-00000" + number;
      if (!row[1].equals("-")) {
        expected.put(key + endings[number], row[1]);
        if (!row[2].equals("-")) {
          expected.put(key + ".txt", row[2]);
        }
      }
    }
    UnpackedFolder unpacked = unpacked(name + ".parquet");
    assertEquals(expected, content(unpacked));
    assertEquals(4, unpacked.pictures());
    assertEquals(
        List.of(
            "has columns that are not used: width.",
            "has 1 member that is not used: 1 of rows without the bytes of a picture."),
        unpacked.notes());
  }

  @Test
  void columnsOfBytesAreReadAndTheFirstIsTaken() throws IOException {
    UnpackedFolder unpacked = unpacked("plain.parquet");
    Map<String, String> content = content(unpacked);
    assertEquals("other", content.get("plain-000002.txt"));
    assertEquals(6, content.size());
    assertEquals(
        "has the columns caption, prompt, of which caption is taken; caption_column names another.",
        unpacked.notes().get(0));
  }

  @Test
  void chosenColumnsAreTaken() throws IOException {
    Path plain = RESOURCES.resolve("plain.parquet");
    Map<String, String> content = content(unpacked(plain, new ArchiveColumns("", "prompt")));
    assertEquals("p2", content.get("plain-000002.txt"));
    Path columns = RESOURCES.resolve("columns.parquet");
    content = content(unpacked(columns, new ArchiveColumns("photo", "words")));
    assertEquals("a photo", content.get("columns-000000.txt"));
    assertEquals(2, content.size());
  }

  @Test
  void missingColumnsAreRefusedWithThoseThereAre() {
    Path columns = RESOURCES.resolve("columns.parquet");
    String none = refusal(columns, ArchiveColumns.FOUND);
    assertTrue(none.contains("image, img, jpg, png, webp, bytes"), none);
    assertTrue(none.contains("There are photo, words, images (of 1 fields)"), none);
    String near = refusal(columns, new ArchiveColumns("photos", ""));
    assertTrue(near.contains("no column 'photos' (image_column); the nearest is photo"), near);
    String list = refusal(columns, new ArchiveColumns("images", ""));
    assertTrue(list.contains("of another type than bytes"), list);
    Path hub = RESOURCES.resolve("hub.parquet");
    String number = refusal(hub, new ArchiveColumns("", "width"));
    assertTrue(number.contains("'width' (caption_column)"), number);
  }

  @Test
  void unreadPackingIsRefusedByName() {
    String sentence = refusal(RESOURCES.resolve("brotli.parquet"), ArchiveColumns.FOUND);
    assertTrue(sentence.contains("BROTLI; expected snappy, gzip, zstd"), sentence);
  }

  @Test
  void damagedFilesAreRefusedWhereverTheyEnd() throws IOException {
    byte[] whole = Files.readAllBytes(RESOURCES.resolve("zstd.parquet"));
    Path file = temporary.resolve("a.parquet");
    for (int length = 0; length < whole.length; length += 131) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      refusal(file, ArchiveColumns.FOUND);
    }
    byte[] bent = whole.clone();
    java.util.Arrays.fill(bent, 40, 400, (byte) 0xa5);
    Files.write(file, bent);
    assertThrows(IOException.class, () -> unpacked(file, ArchiveColumns.FOUND));
    try (Stream<Path> left = Files.list(temporary.resolve("cache"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void shardsOfASplitAreOneFolder() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("data"));
    Files.copy(RESOURCES.resolve("hub.parquet"), folder.resolve("train-00000-of-00002.parquet"));
    Files.copy(RESOURCES.resolve("plain.parquet"), folder.resolve("train-00001-of-00002.parquet"));
    Files.copy(RESOURCES.resolve("zstd.parquet"), folder.resolve("test-00000-of-00001.parquet"));
    UnpackedFolder unpacked = unpacked(folder, ArchiveColumns.FOUND);
    assertEquals(7, unpacked.pictures());
    assertTrue(content(unpacked).containsKey("train-00001-of-00002-000002.jpg"));
    assertEquals("data", unpacked.folder().getFileName().toString());
  }
}
