package dev.lora4j.diffusion.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.source.ArchiveColumns;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchivedSourcesTest {
  private static final Path SHARD = Path.of("src/test/resources/archives/00000.tar");

  @TempDir private Path temporary = Path.of("");

  private static List<String> told(DataSet set) {
    return set.problems().stream()
        .map(p -> p.severity() + " " + p.file().getFileName() + " " + p.sentence())
        .toList();
  }

  private static void assertTold(DataSet set, String... parts) {
    assertTrue(
        told(set).stream().anyMatch(line -> List.of(parts).stream().allMatch(line::contains)),
        told(set).toString());
  }

  @Test
  void picturesOfATarAreSurveyedAsThoseOfAFolder() {
    DataSet set = TestFolder.surveyed(1, DataSource.of(SHARD).repeats(3).classTokens("sks"));
    assertEquals(List.of(), set.errors());
    assertEquals(3, set.items().size());
    DataItem first = set.items().get(0);
    assertEquals("a red fox in the snow", first.caption());
    assertEquals(96, first.width());
    assertEquals(3, first.repeats());
    assertEquals("sks", set.items().get(2).caption(), "without a caption of its own");
    assertEquals("00000", first.source().folder().getFileName().toString());
    assertTold(set, "WARNING 00000.tar", "1 of .json without a caption");
  }

  @Test
  void damagedArchiveIsAnErrorAmongOthers() throws IOException {
    Path broken = Files.write(temporary.resolve("broken.tar"), new byte[100]);
    DataSource absent = DataSource.of(temporary.resolve("absent.tar"));
    DataSet set = TestFolder.surveyed(1, DataSource.of(broken), absent, DataSource.of(SHARD));
    assertEquals(2, set.errors().size(), told(set).toString());
    assertTold(set, "ERROR broken.tar", "cut off");
    assertTold(set, "ERROR absent.tar is no folder");
    assertEquals(3, set.items().size());
  }

  @Test
  void columnsOfWhatHasNoneAreRefused() {
    DataSource source = DataSource.of(SHARD).with(new ArchiveColumns("photo", ""));
    assertTold(TestFolder.surveyed(1, source), "ERROR 00000 has no columns", "image_column");
    TestFolder folder = new TestFolder(temporary.resolve("foxes")).picture("a.png", 64, 64);
    DataSource plain = folder.source().with(new ArchiveColumns("", "words"));
    assertTold(TestFolder.surveyed(1, plain), "ERROR foxes has no columns", "caption_column");
  }

  @Test
  void listOfCaptionsNamesFilesOfShards() throws IOException {
    Path shards = Files.createDirectories(temporary.resolve("shards"));
    Files.copy(SHARD, shards.resolve("00000.tar"));
    Path list =
        Files.writeString(
            temporary.resolve("all.json"), "{\"000000002\": {\"caption\": \"a listed one\"}}");
    DataSet set = TestFolder.surveyed(1, DataSource.of(shards).captionList(list));
    assertEquals(List.of(), set.errors());
    assertEquals(
        List.of("a red fox in the snow", "une for\u00eat en \u00e9t\u00e9", "a listed one"),
        set.items().stream().map(DataItem::caption).toList());
  }

  @Test
  void captionExtensionOfAnArchiveIsToldToMeanNothing() {
    DataSet set = TestFolder.surveyed(1, DataSource.of(SHARD).captionExtension(".caption"));
    assertEquals("a red fox in the snow", set.items().get(0).caption());
    assertTold(set, "WARNING 00000.tar", "caption_extension = .caption");
  }

  @Test
  void missingPluginIsNamedInTheErrors() throws IOException {
    Path file = Files.write(temporary.resolve("train.parquet"), new byte[8]);
    assertTold(
        TestFolder.surveyed(1, DataSource.of(file)), "ERROR train.parquet", "lora4j-parquet");
  }

  @Test
  void archivesBesidePicturesAreTold() throws IOException {
    TestFolder folder = new TestFolder(temporary.resolve("foxes")).picture("a.png", 64, 64);
    Files.copy(SHARD, folder.path().resolve("more.tar"));
    DataSet set = TestFolder.surveyed(1, folder.source());
    assertEquals(1, set.items().size());
    assertTold(set, "WARNING foxes has 1 archive beside its pictures");
  }
}
