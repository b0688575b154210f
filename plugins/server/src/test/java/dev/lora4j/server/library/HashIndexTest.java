package dev.lora4j.server.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.identity.Digests;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashIndexTest {
  /** As if every change were long ago. */
  private static final Duration AT_ONCE = Duration.ofDays(-1);

  private static final int KILLS = 5;
  private static final int PARTS = 2_000;

  @TempDir Path folder;

  private final List<String> notes = new ArrayList<>();

  private HashIndex index() {
    return new HashIndex(folder.resolve("state"), AT_ONCE, notes::add);
  }

  private Path stored() {
    return folder.resolve("state").resolve(HashIndex.FILE);
  }

  private AdapterFile.Part part(String name, String content) throws IOException {
    return part(TaggedAdapters.write(folder.resolve(name), content).toRealPath());
  }

  private static AdapterFile.Part part(Path file) {
    return new AdapterFile.Part("x", file, FileStamp.of(file).orElseThrow());
  }

  private static String hash(String text) {
    return Digests.hex(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Changes a hash in the index so that its use can be told from reading the file. */
  private void forge(String from, String to) throws IOException {
    String text = Files.readString(stored()).replace(from, to);
    String body = text.substring(0, text.indexOf("end "));
    Files.writeString(stored(), body + "end " + hash(body) + "\n");
  }

  @Test
  void hashIsRememberedWhileTheFileIsTheSame() throws IOException {
    AdapterFile.Part part = part("a b.safetensors", "one");
    assertEquals(Optional.empty(), index().known(part));
    assertEquals(hash("one"), index().sha256(part));
    assertEquals(Optional.of(hash("one")), index().known(part));
    assertEquals(List.of(), notes, "what was written is whole");
    forge(hash("one"), hash("forged"));
    assertEquals(hash("forged"), index().sha256(part));
    assertEquals(hash("other"), index().sha256(part("a b.safetensors", "other")));
    assertEquals(List.of(), notes);
  }

  @Test
  void freshFileIsHashedAgain() throws IOException {
    HashIndex careful = new HashIndex(folder.resolve("state"), Duration.ofDays(1), notes::add);
    careful.sha256(part("a.safetensors", "one"));
    careful.save();
    assertTrue(Files.notExists(stored()));
  }

  @Test
  void brokenIndexIsIgnoredWithANote() throws IOException {
    AdapterFile.Part part = part("a.safetensors", "one");
    index().sha256(part);
    String whole = Files.readString(stored());
    for (String broken :
        List.of("", "x", whole.substring(0, whole.length() / 2), whole.replace("end ", "end 0"))) {
      Files.writeString(stored(), broken);
      notes.clear();
      assertEquals(hash("one"), index().sha256(part));
      assertEquals(1, notes.size());
      assertTrue(notes.get(0).contains("It is ignored"), notes::toString);
    }
    Files.write(stored(), new byte[] {(byte) 0xff, 0});
    assertEquals(hash("one"), index().sha256(part));
    Files.delete(stored());
    assertEquals(hash("one"), index().sha256(part));
  }

  @Test
  void unwritableStateIsNotedOnly() throws IOException {
    Files.writeString(folder.resolve("state"), "a file where the folder should be");
    assertEquals(hash("one"), index().sha256(part("a.safetensors", "one")));
    assertTrue(notes.get(0).contains("cannot be written"), notes::toString);
  }

  /** A small file system that is full where one can be made, which takes root. */
  @Test
  void fullDiskIsNotedOnly() throws IOException, InterruptedException {
    AdapterFile.Part part = part("a.safetensors", "one");
    Path state = Files.createDirectory(folder.resolve("state"));
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=16k", "none", state.toString());
    try {
      if (mounted) {
        fill(state.resolve("other"));
      } else {
        Files.delete(state);
        Files.writeString(state, "a file where the folder should be");
      }
      assertEquals(hash("one"), index().sha256(part));
      assertTrue(notes.get(0).contains("cannot be written"), notes::toString);
      assertTrue(Files.notExists(stored()), "no half of it");
      if (mounted) {
        notes.clear();
        Files.delete(state.resolve("other"));
        assertEquals(hash("one"), index().sha256(part));
        index();
        assertEquals(List.of(), notes, "it is whole when there is room");
      }
    } finally {
      if (mounted) {
        assertTrue(run("umount", state.toString()));
      }
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void fill(Path file) {
    byte[] some = new byte[1024];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(some);
      }
    } catch (IOException e) {
      // That was the last room.
    }
  }

  @Test
  void fileChangedMeanwhileHasNoHash() throws IOException {
    AdapterFile.Part part = part("a.safetensors", "one");
    part("a.safetensors", "other");
    assertThrows(IOException.class, () -> index().sha256(part));
  }

  @Test
  void filesThatAreGoneAreForgotten() throws IOException {
    HashIndex index = index();
    AdapterFile.Part kept = part("a.safetensors", "one");
    index.sha256(kept);
    index.sha256(part("b.safetensors", "two"));
    index.retain(Set.of(kept));
    assertTrue(Files.readString(stored()).contains(hash("one")));
    assertTrue(!Files.readString(stored()).contains(hash("two")));
  }

  /** What the child process does: write the index again and again. */
  static final class Child {
    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[0]).toRealPath();
      HashIndex index = new HashIndex(Path.of(args[1]), AT_ONCE, note -> System.exit(3));
      FileStamp now = FileStamp.of(file).orElseThrow();
      for (int i = 0; ; i++) {
        index.remember(
            new AdapterFile.Part(
                "x",
                file.resolveSibling("f" + i % PARTS),
                new FileStamp(i, now.modified(), now.changed(), now.number())),
            hash("content " + i));
      }
    }
  }

  @Test
  void indexOfKilledProcessIsWhole() throws IOException, InterruptedException {
    Path file = part("a.safetensors", "one").real();
    Path state = Files.createDirectories(folder.resolve("state"));
    for (int kill = 0; kill < KILLS; kill++) {
      Files.deleteIfExists(stored());
      Process child = start(file, state);
      while (Files.notExists(stored()) && child.isAlive()) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      TimeUnit.MILLISECONDS.sleep(20L * kill);
      assertTrue(child.isAlive(), "the child failed");
      child.destroyForcibly().waitFor();
      assertEquals(hash("one"), index().sha256(part(file)));
      assertEquals(List.of(), notes, "the index is whole");
    }
  }

  private static Process start(Path file, Path state) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            file.toString(),
            state.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
