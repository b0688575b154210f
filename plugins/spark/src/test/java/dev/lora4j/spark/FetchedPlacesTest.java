package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a store of objects. */
class FetchedPlacesTest {
  @TempDir private Path folder;

  @BeforeEach
  void begin() {
    ShopFileSystem.READ.clear();
    ShopFileSystem.lost = 0;
  }

  @AfterEach
  void end() {
    ShopFileSystem.lost = 0;
  }

  private FetchedPlaces places() {
    SparkConf settings = new SparkConf();
    settings.set(ShopFileSystem.PROPERTY, ShopFileSystem.class.getName());
    return FetchedPlaces.in(folder.resolve("cache"), settings);
  }

  private String base() throws IOException {
    Path base = Files.createDirectories(folder.resolve("base/unet")).getParent();
    Files.writeString(base.resolve("model_index.json"), "{}");
    Files.writeString(base.resolve("unet/config.json"), "{\"a\":1}");
    return "shop://disk" + base;
  }

  private List<String> inCache() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("cache"))) {
      return all.map(p -> p.getFileName().toString()).filter(n -> !n.endsWith(".lock")).toList();
    }
  }

  @Test
  void folderIsFetchedOnceAsLongAsItStaysTheSame() throws IOException {
    String place = base();
    List<Long> told = new ArrayList<>();
    Path copy = places().path(place, bytes -> told::add);
    assertEquals("base", copy.getFileName().toString());
    assertEquals("{\"a\":1}", Files.readString(copy.resolve("unet/config.json")));
    assertEquals(List.of(2L, 9L), told);
    assertEquals(Optional.of(place), places().origin(copy));
    assertEquals(copy, places().path(place));
    assertEquals(List.of("model_index.json", "config.json"), ShopFileSystem.READ);
    Files.setLastModifiedTime(
        folder.resolve("base/model_index.json"), FileTime.fromMillis(1_000_000));
    assertNotEquals(copy, places().path(place));
    assertEquals(4, ShopFileSystem.READ.size());
  }

  @Test
  void fileKeepsItsName() throws IOException {
    Path file = Files.writeString(folder.resolve("ink.safetensors"), "ink");
    Path copy = places().path("shop://disk" + file);
    assertEquals("ink.safetensors", copy.getFileName().toString());
    assertEquals("ink", Files.readString(copy));
    assertEquals(file, places().path(file.toString()));
    assertEquals(Optional.empty(), places().origin(file));
  }

  @Test
  void copyThatIsCutLeavesNothing() throws IOException {
    String place = base();
    ShopFileSystem.lost = 3;
    UncheckedIOException cut = assertThrows(UncheckedIOException.class, () -> places().path(place));
    assertTrue(cut.getMessage().contains("has 2 bytes, of which 0 came"), cut.getMessage());
    assertEquals(List.of(), inCache());
    ShopFileSystem.lost = 0;
    assertTrue(Files.exists(places().path(place).resolve("unet/config.json")));
  }

  @Test
  void leftoverOfAKilledProcessIsRemoved() throws IOException {
    String place = base();
    Path copy = places().path(place);
    Path kept = copy.getParent();
    Path left = kept.resolveSibling("." + kept.getFileName() + ".1f.part");
    Files.move(kept, left);
    assertEquals(copy, places().path(place));
    assertFalse(Files.exists(left));
  }

  @Test
  void placesThatAreNotThereAreNamed() {
    UncheckedIOException none =
        assertThrows(
            UncheckedIOException.class, () -> places().path("shop://disk" + folder + "/none"));
    assertTrue(none.getMessage().contains("/none cannot be fetched: "), none.getMessage());
    UncheckedIOException empty =
        assertThrows(UncheckedIOException.class, () -> places().path("shop://disk" + folder));
    assertTrue(empty.getMessage().contains("there is no file in it"), empty.getMessage());
    UncheckedIOException scheme =
        assertThrows(UncheckedIOException.class, () -> places().path("market://disk/base"));
    assertTrue(scheme.getMessage().contains("hadoop-aws"), scheme.getMessage());
  }

  @Test
  void pathsThatWereAddressesAreKnown() {
    assertEquals(
        Optional.of("s3a://bucket/base"), FetchedPlaces.address(Path.of("s3a://bucket/base")));
    assertEquals(Optional.empty(), FetchedPlaces.address(Path.of("models/base")));
    assertTrue(FetchedPlaces.remote("hdfs://host:9000/base"));
    assertFalse(FetchedPlaces.remote("C:/base"));
    assertFalse(FetchedPlaces.remote("/models/base"));
  }
}
