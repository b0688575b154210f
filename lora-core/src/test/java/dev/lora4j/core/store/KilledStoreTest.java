package dev.lora4j.core.store;

import static java.lang.ProcessBuilder.Redirect.DISCARD;
import static java.lang.ProcessBuilder.Redirect.PIPE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that use one store, and are killed, or find no room. */
class KilledStoreTest {
  private static final int KILLS = 8;
  private static final int EACH = 25;

  @TempDir Path folder;

  /**
   * Program of the child processes: adds and removes adapters, for ever or each once, and prints a
   * character after each addition.
   */
  static final class Child {
    public static void main(String[] args) {
      AdapterStore store = AdapterStore.create(Path.of(args[0]));
      List<Path> files = Stream.of(args).skip(2).map(Path::of).toList();
      for (int round = 0; round < Integer.parseInt(args[1]); round++) {
        for (Path file : files) {
          store.add(AdapterStore.name(file), file, false);
          System.out.print('.');
          System.out.flush();
        }
        if (round % 2 == 1) {
          store.remove(List.of(AdapterStore.name(files.get(round % files.size()))));
        }
      }
    }
  }

  private List<Path> files(String prefix, int count) {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(
          StoredFiles.adapter(
              folder.resolve(prefix + i + ".safetensors"), 7, 1000 * prefix.hashCode() + i));
    }
    return files;
  }

  private static List<String> java(Path store, int rounds, List<Path> files) {
    List<String> words =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                store.toString(),
                Integer.toString(rounds)));
    files.forEach(file -> words.add(file.toString()));
    return words;
  }

  private static Process start(List<String> words, ProcessBuilder.Redirect output)
      throws IOException {
    return new ProcessBuilder(words)
        .redirectOutput(output)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private void assertWhole(AdapterStore store) throws IOException {
    assertEquals(List.of(), store.verify());
    for (String name : store.names()) {
      Path out = folder.resolve("out.safetensors");
      store.get(name, out);
      assertArrayEquals(
          Files.readAllBytes(folder.resolve(name + ".safetensors")), Files.readAllBytes(out));
    }
  }

  @Test
  void aKilledProcessLeavesAWholeStore() throws Exception {
    Path place = folder.resolve("killed.store");
    List<Path> files = files("k", 6);
    Random random = new Random(3);
    for (int kill = 0; kill < KILLS; kill++) {
      Process child = start(java(place, Integer.MAX_VALUE, files), PIPE);
      assertEquals('.', child.getInputStream().read(), "the child failed");
      Thread.sleep(random.nextInt(400));
      assertTrue(child.isAlive(), "the child failed");
      child.destroyForcibly().waitFor();
      AdapterStore store = AdapterStore.open(place);
      assertFalse(store.names().isEmpty());
      assertWhole(store);
    }
    AdapterStore store = AdapterStore.open(place);
    store.collect();
    assertEquals(0, store.statistics().unusedBytes());
    assertWhole(store);
  }

  @Test
  void processesThatAddAtOnceKeepEverythingOnce() throws Exception {
    Path place = folder.resolve("shared.store");
    List<Path> first = files("p", EACH);
    List<Path> second = files("q", EACH);
    Process one = start(java(place, 1, first), DISCARD);
    Process other = start(java(place, 1, second), DISCARD);
    assertEquals(0, one.waitFor());
    assertEquals(0, other.waitFor());
    AdapterStore store = AdapterStore.open(place);
    assertEquals(2 * EACH, store.names().size());
    assertWhole(store);
    assertEquals(0, store.statistics().unusedBytes());
    assertEquals(StoredFiles.LAYERS, store.statistics().sharedObjects());
  }

  @Test
  void threadsThatAddAtOnceKeepEverythingOnce() throws Exception {
    AdapterStore store = AdapterStore.create(folder.resolve("threads.store"));
    List<Path> files = files("t", EACH);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(new Thread(() -> files.forEach(f -> store.add(AdapterStore.name(f), f, false))));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(EACH, store.names().size());
    assertEquals(0, store.statistics().unusedBytes());
    assertWhole(store);
  }

  /** A limit on the size of files ends a writing as a full disk does. */
  @Test
  void withoutRoomTheStoreIsAsItWas() throws Exception {
    Path place = folder.resolve("full.store");
    List<Path> files = files("f", 2);
    AdapterStore store = AdapterStore.create(place);
    store.add(AdapterStore.name(files.get(0)), files.get(0), false);
    long before = StoredFiles.size(place);
    List<String> words = new ArrayList<>(List.of("sh", "-c", "ulimit -f 20; exec \"$@\"", "sh"));
    words.addAll(java(place, 1, List.of(files.get(1))));
    Process child = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertFalse(child.waitFor() == 0);
    assertTrue(said.contains("StoreException") && said.contains("as they were"), said);
    assertEquals(before, StoredFiles.size(place));
    assertWhole(AdapterStore.open(place));
  }
}
