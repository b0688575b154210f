package dev.lora4j.core.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterStoreTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private Path place;

  @SuppressWarnings("NullAway.Init")
  private AdapterStore store;

  @BeforeEach
  void make() {
    place = folder.resolve("all.store");
    store = AdapterStore.create(place);
  }

  private void assertExact(String name, Path file) throws IOException {
    Path out = folder.resolve("out-" + name + ".safetensors");
    store.get(name, out);
    assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(out));
  }

  private StoredAdapter adapter(String name) {
    return store.adapters().stream().filter(a -> a.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void filesComeOutAsTheyWere() throws IOException {
    Path ink = StoredFiles.adapter(folder.resolve("ink.safetensors"), 1, 2);
    AddedAdapter added = store.add("ink", ink, false);
    assertEquals(Files.size(ink), added.bytes());
    assertFalse(added.unchanged());
    assertExact("ink", ink);
    assertTrue(AdapterStore.is(place));
    assertEquals(Set.of("ink"), AdapterStore.open(place).names());
    assertEquals(List.of(), store.verify());
    AddedAdapter again = store.add("ink", ink, false);
    assertTrue(again.unchanged());
    assertEquals(0, again.newBytes());
  }

  /** A header that no writer of today would make: spaces, an odd order, padding at the end. */
  @Test
  void headersAreKeptByteForByte() throws IOException {
    String header =
        "{ \"b\" : {\"dtype\":\"F32\", \"shape\":[2],\"data_offsets\":[48,56]},"
            + "\"__metadata__\":{\"z\":\"\\u00e9\",\"a\":\"1\"},"
            + "\"a\":{\"shape\":[3,4],\"dtype\":\"F32\",\"data_offsets\":[0,48]}}       ";
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + 56)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length);
    bytes.put(text);
    while (bytes.hasRemaining()) {
      bytes.put((byte) bytes.position());
    }
    Path file = folder.resolve("odd.safetensors");
    Files.write(file, bytes.array());
    store.add("odd", file, false);
    assertExact("odd", file);
  }

  @Test
  void whatAdaptersShareIsKeptOnce() throws IOException {
    long files = 0;
    for (int i = 0; i < 10; i++) {
      Path file = StoredFiles.adapter(folder.resolve("user-" + i + ".safetensors"), 7, i);
      files += Files.size(file);
      AddedAdapter added = store.add("user-" + i, file, false);
      long tensors = (long) StoredFiles.LAYERS * StoredFiles.TENSOR;
      long most = (i == 0 ? 2 : 1) * tensors + 6000;
      assertTrue(added.newBytes() <= most, i + ": " + added);
    }
    StoreStatistics found = store.statistics();
    assertEquals(10, found.adapters());
    assertEquals(files, found.bytes());
    assertEquals(StoredFiles.LAYERS, found.sharedObjects());
    // The mark is no object.
    assertTrue(Math.abs(StoredFiles.size(place) - found.storedBytes()) < 100);
    assertTrue(found.storedBytes() < 0.62 * files, found + " of " + files);
    assertTrue(adapter("user-3").ownBytes() < 0.55 * adapter("user-3").bytes());
    for (int i = 0; i < 10; i++) {
      assertExact("user-" + i, folder.resolve("user-" + i + ".safetensors"));
    }
  }

  @Test
  void whatNoAdapterNeedsGoesWithTheLastThatDid() throws IOException {
    Path first = StoredFiles.adapter(folder.resolve("first.safetensors"), 7, 1);
    Path second = StoredFiles.adapter(folder.resolve("second.safetensors"), 7, 2);
    store.add("first", first, false);
    store.add("second", second, false);
    long both = StoredFiles.size(place);
    CollectedPacks collected = store.remove(List.of("first"));
    assertTrue(collected.bytes() >= (long) StoredFiles.LAYERS * StoredFiles.TENSOR);
    assertTrue(both - StoredFiles.size(place) >= collected.bytes());
    // What the pack of the first had for both is still there.
    assertExact("second", second);
    assertEquals(List.of(), store.verify());
    assertEquals(0, store.statistics().unusedBytes());
    store.remove(List.of("second"));
    assertEquals(List.of(), StoredFiles.packs(place));
    assertEquals(Set.of(), store.names());
    assertEquals(0, store.collect().packs());
  }

  @Test
  void anotherAdapterOfTheSameNameIsRefusedUnlessItReplaces() throws IOException {
    Path one = StoredFiles.adapter(folder.resolve("a.safetensors"), 1, 1);
    Path other = StoredFiles.adapter(folder.resolve("b.safetensors"), 2, 2);
    store.add("ink", one, false);
    String message =
        assertThrows(StoreException.class, () -> store.add("ink", other, false)).getMessage();
    assertTrue(message.contains("--name") && message.contains("--replace"), message);
    assertThrows(StoreException.class, () -> store.add("INK", one, false));
    assertExact("ink", one);
    store.add("ink", other, true);
    assertExact("ink", other);
    assertTrue(store.collect().bytes() > 0);
    assertExact("ink", other);
  }

  @Test
  void foldersOfPeftComeOutAsFolders() throws IOException {
    Path peft = Files.createDirectory(folder.resolve("peft"));
    Files.writeString(
        peft.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 16}\n");
    StoredFiles.adapter(peft.resolve("adapter_model.safetensors"), 1, 2);
    store.add("mine", peft, false);
    Path out = folder.resolve("back");
    store.get("mine", out);
    for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(peft.resolve(name)), Files.readAllBytes(out.resolve(name)), name);
    }
    assertTrue(store.folder("mine"));
    assertThrows(StoreException.class, () -> store.get("mine", peft));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ".hidden", "a/b", "..", "a\\b", "a:b", "a\nb", "x "})
  void namesLeadToNoOtherFolder(String name) {
    Path ink = StoredFiles.adapter(folder.resolve("ink.safetensors"), 1, 2);
    assertThrows(StoreException.class, () -> store.add(name, ink, false));
    assertThrows(StoreException.class, () -> store.get(name, folder.resolve("out.safetensors")));
  }

  @Test
  void aNameThatIsNotThereGetsTheNearest() {
    store.add("glossy", StoredFiles.adapter(folder.resolve("g.safetensors"), 1, 2), false);
    Path out = folder.resolve("out.safetensors");
    String message = assertThrows(StoreException.class, () -> store.get("glosy", out)).getMessage();
    assertTrue(message.contains("nearest: glossy"), message);
    assertThrows(StoreException.class, () -> store.remove(List.of("glossy", "other")));
    assertEquals(Set.of("glossy"), store.names());
    assertFalse(Files.exists(out));
  }

  @Test
  void whatIsNoAdapterIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "no adapter");
    Path broken = Files.writeString(folder.resolve("broken.safetensors"), "no adapter either");
    assertThrows(StoreException.class, () -> store.add("a", text, false));
    assertThrows(RuntimeException.class, () -> store.add("a", broken, false));
    assertThrows(StoreException.class, () -> store.add("a", folder, false));
    assertThrows(
        StoreException.class, () -> store.add("a", folder.resolve("no.safetensors"), false));
    assertEquals(Set.of(), store.names());
    assertThrows(StoreException.class, () -> AdapterStore.open(folder));
    assertThrows(StoreException.class, () -> AdapterStore.create(folder));
    Files.writeString(place.resolve("lora4j-store.json"), "{\"format\": 2}\n");
    assertThrows(StoreException.class, () -> AdapterStore.open(place));
  }

  /** Longer than a piece can be. */
  @Test
  void largeTensorsAreCut() throws IOException {
    Path large = folder.resolve("large.bin");
    try (SeekableByteChannel out =
        Files.newByteChannel(large, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.position(2L * FilePieces.LONGEST + 9).write(ByteBuffer.allocate(1));
    }
    List<FilePieces.Cut> cuts = FilePieces.of(large);
    assertEquals(3, cuts.size());
    assertEquals(10, cuts.get(2).length());
    assertEquals(2L * FilePieces.LONGEST, cuts.get(2).begin());
  }
}
