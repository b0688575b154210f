package dev.lora4j.diffusion.dataset.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedFoldersTest {
  @TempDir private Path temporary = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private TestUnpacking unpacking;

  @BeforeEach
  void open() {
    unpacking = TestUnpacking.in(temporary.resolve("cache"));
  }

  private Path shard(String name, String caption) {
    return new TestTar().pair("fox", 1, caption).at(temporary.resolve(name));
  }

  @Test
  void secondRunUnpacksNothing() throws IOException {
    Path shard =
        new TestTar().pair("fox", 1, "a").text("fox.cls", "3").at(temporary.resolve("a.tar"));
    UnpackedFolder first = unpacking.of(shard);
    UnpackedFolder second = unpacking.of(shard);
    assertEquals(first, second);
    assertEquals(1, second.notes().size(), "what is not used is told again");
    assertEquals(List.of("begins", "unpacked 1 of a.tar", "kept 1 of a.tar"), unpacking.told());
  }

  @Test
  void changedShardIsUnpackedAnew() throws IOException {
    Path folder = unpacking.of(shard("a.tar", "a red fox")).folder();
    Path changed = shard("a.tar", "a blue fox and a cat");
    Files.setLastModifiedTime(changed, FileTime.from(Instant.now().plusSeconds(5)));
    Path other = unpacking.of(changed).folder();
    assertNotEquals(folder, other);
    assertEquals("a blue fox and a cat", TestUnpacking.content(other).get("fox.txt"));
  }

  @Test
  void folderThatLostAFileIsUnpackedAnew() throws IOException {
    Path shard = new TestTar().pair("a", 1, "a").pair("b", 2, "b").at(temporary.resolve("a.tar"));
    Path folder = unpacking.of(shard).folder();
    Map<String, String> whole = TestUnpacking.content(folder);
    Files.delete(folder.resolve("b.png"));
    assertEquals(whole, TestUnpacking.content(unpacking.of(shard).folder()));
    Files.write(folder.resolve("b.png"), new byte[3]);
    assertEquals(whole, TestUnpacking.content(unpacking.of(shard).folder()));
    Files.delete(folder.resolveSibling("account.json"));
    assertEquals(whole, TestUnpacking.content(unpacking.of(shard).folder()));
    assertEquals(4, unpacking.told().stream().filter("begins"::equals).count());
  }

  @Test
  void killedRunLeavesNothingThatLooksWhole() throws IOException {
    Path shard = shard("a.tar", "a fox");
    Path place = unpacking.of(shard).folder().getParent();
    // As a process that was killed leaves it: all pictures, under the temporary name.
    Path left = LeftoverFolders.name(place, "1f");
    Files.move(place, left);
    unpacking.of(shard);
    assertEquals("begins", unpacking.told().get(2));
    assertTrue(Files.exists(left), "it may be at work");
    old(left);
    unpacking.of(shard("b.tar", "another"));
    assertFalse(Files.exists(left), "nobody has touched it for an hour");
  }

  private static void old(Path folder) throws IOException {
    FileTime time = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
    try (var all = Files.walk(folder)) {
      for (Path one : all.toList()) {
        Files.setLastModifiedTime(one, time);
      }
    }
  }

  @Test
  void severalAtOnceGetOneWholeFolder() throws Exception {
    TestTar tar = new TestTar();
    for (int i = 0; i < 200; i++) {
      tar.pair("k" + i, i, "caption " + i);
    }
    Path shard = tar.at(temporary.resolve("a.tar"));
    int many = 6;
    CyclicBarrier together = new CyclicBarrier(many);
    ExecutorService threads = Executors.newFixedThreadPool(many);
    List<Future<UnpackedFolder>> all = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      all.add(
          threads.submit(
              () -> {
                together.await();
                return TestUnpacking.in(unpacking.root()).of(shard);
              }));
    }
    UnpackedFolder first = all.get(0).get();
    for (Future<UnpackedFolder> one : all) {
      assertEquals(first, one.get());
    }
    threads.shutdown();
    assertEquals(400, TestUnpacking.content(first.folder()).size());
    try (var root = Files.list(unpacking.root())) {
      assertEquals(List.of(first.folder().getParent()), root.toList());
    }
  }

  @Test
  void fullDiskIsToldBeforeAnythingIsWritten() throws IOException {
    Path shard = shard("a.tar", "a fox");
    TestUnpacking full =
        new TestUnpacking(unpacking.root(), folder -> 1_073_000_000L, new ArrayList<>());
    String sentence = assertThrows(ArchiveException.class, () -> full.of(shard)).sentence();
    assertTrue(sentence.contains("LORA4J_HOME") && sentence.contains("1073 MB"), sentence);
    assertEquals(List.of(), full.left());
    assertEquals(List.of(), full.told());
  }

  @Test
  void shardsAreOneFolderWithOneNameForEachKey() throws IOException {
    Path folder = temporary.resolve("foxes");
    new TestTar().pair("1", 1, "first").pair("2", 2, "second").at(folder.resolve("000000.tar"));
    new TestTar().pair("1", 3, "third").pair("3", 4, "fourth").at(folder.resolve("000001.tar"));
    UnpackedFolder unpacked = unpacking.of(folder);
    Map<String, String> content = TestUnpacking.content(unpacked.folder());
    assertEquals("first", content.get("1.txt"));
    assertEquals("third", content.get("000001-1.txt"));
    assertEquals("fourth", content.get("3.txt"));
    assertEquals(8, content.size());
    assertEquals("foxes", unpacked.folder().getFileName().toString());
    assertTrue(unpacked.notes().get(0).contains("1 key that came before"), unpacked.notes().get(0));
  }

  @Test
  void damagedShardIsNamed() throws IOException {
    Path folder = temporary.resolve("foxes");
    new TestTar().pair("1", 1, "first").at(folder.resolve("000000.tar"));
    Files.write(folder.resolve("000001.tar"), new byte[100]);
    String sentence = assertThrows(ArchiveException.class, () -> unpacking.of(folder)).sentence();
    assertTrue(sentence.startsWith("has a shard 000001.tar that is cut off"), sentence);
    assertEquals(List.of(), unpacking.left());
  }

  @Test
  void interruptedUnpackingLeavesNothing() {
    Path shard = shard("a.tar", "a fox");
    Thread.currentThread().interrupt();
    try {
      assertThrows(IOException.class, () -> unpacking.of(shard));
    } finally {
      assertTrue(Thread.interrupted(), "whoever interrupted is heard");
    }
    assertEquals(List.of(), unpacking.left());
  }
}
