package dev.lora4j.diffusion.dataset.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.spi.ExtensionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardsTest {
  @TempDir private Path temporary = Path.of("");

  private void files(String... names) throws IOException {
    for (String name : names) {
      Files.write(temporary.resolve(name), new byte[1]);
    }
  }

  private Shards found() throws IOException {
    return Shards.of(temporary, false).orElseThrow();
  }

  private static List<String> names(Shards shards) {
    return shards.files().stream().map(f -> f.getFileName().toString()).toList();
  }

  @Test
  void folderOfShardsIsTakenInTheOrderOfNames() throws IOException {
    files("000001.tar", "000000.tar", "000000_stats.json", "README.md", ".hidden.tar");
    assertEquals(List.of("000000.tar", "000001.tar"), names(found()));
    assertEquals("webdataset", found().kind());
    assertEquals(List.of(), found().notes());
  }

  @Test
  void folderWithPicturesOrAListIsAFolderOfPictures() throws IOException {
    files("000000.tar");
    assertEquals(Optional.empty(), Shards.of(temporary, true));
    assertEquals(Optional.empty(), Shards.of(temporary.resolve("absent"), false));
    files("fox.png");
    assertEquals(Optional.empty(), Shards.of(temporary, false));
    assertEquals(1, Shards.count(temporary));
  }

  @Test
  void severalKindsAreRefused() throws IOException {
    files("a.tar", "a.parquet");
    String sentence = assertThrows(ArchiveException.class, this::found).sentence();
    assertTrue(sentence.contains("parquet and webdataset"), sentence);
  }

  @Test
  void trainingSplitIsTakenAndOthersAreTold() throws IOException {
    files("train-00000-of-00002.tar", "train-00001-of-00002.tar", "test-00000-of-00001.tar");
    assertEquals(List.of("train-00000-of-00002.tar", "train-00001-of-00002.tar"), names(found()));
    assertEquals(1, found().notes().size());
    assertTrue(found().notes().get(0).contains("test-00000-of-00001.tar"), found().notes().get(0));
  }

  @Test
  void splitsWithoutTrainAreRefused() throws IOException {
    files("dev-00000-of-00001.tar", "test-00000-of-00001.tar");
    String sentence = assertThrows(ArchiveException.class, this::found).sentence();
    assertTrue(sentence.contains("dev-00000-of-00001.tar, test-00000-of-00001.tar"), sentence);
  }

  @Test
  void missingShardsAreTold() throws IOException {
    files("train-00000-of-00003.tar", "train-00002-of-00003.tar");
    assertTrue(found().notes().get(0).contains("has 2 of the 3 shards"), found().notes().get(0));
  }

  @Test
  void missingPluginIsNamed() throws IOException {
    files("train-00000-of-00001.parquet");
    String message = assertThrows(ExtensionException.class, this::found).getMessage();
    assertTrue(message.contains("It comes with lora4j-parquet"), message);
    Path file = temporary.resolve("train-00000-of-00001.parquet");
    assertThrows(ExtensionException.class, () -> Shards.of(file, false));
  }
}
