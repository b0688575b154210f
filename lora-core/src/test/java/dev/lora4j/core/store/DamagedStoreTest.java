package dev.lora4j.core.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a store that a disk or a person has changed. */
class DamagedStoreTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private Path place;

  @SuppressWarnings("NullAway.Init")
  private Path ink;

  @SuppressWarnings("NullAway.Init")
  private Path glow;

  @BeforeEach
  void make() {
    place = folder.resolve("all.store");
    ink = StoredFiles.adapter(folder.resolve("ink.safetensors"), 7, 1);
    glow = StoredFiles.adapter(folder.resolve("glow.safetensors"), 7, 2);
    AdapterStore store = AdapterStore.create(place);
    store.add("ink", ink, false);
    store.add("glow", glow, false);
  }

  private Path manifest() {
    return place.resolve("adapters").resolve("ink.adapter");
  }

  private void assertWhole() throws IOException {
    AdapterStore store = AdapterStore.open(place);
    assertEquals(List.of(), store.verify());
    Path out = folder.resolve("out.safetensors");
    store.get("ink", out);
    assertArrayEquals(Files.readAllBytes(ink), Files.readAllBytes(out));
    store.get("glow", out);
    assertArrayEquals(Files.readAllBytes(glow), Files.readAllBytes(out));
  }

  /**
   * Whatever byte of whatever pack: it is told, nothing wrong is written, and it can be repaired.
   */
  @Test
  void aDamagedByteIsNamedAndRepaired() throws IOException {
    Random random = new Random(5);
    for (int i = 0; i < 40; i++) {
      List<Path> packs = StoredFiles.packs(place);
      Path pack = packs.get(random.nextInt(packs.size()));
      StoredFiles.damage(pack, random.nextInt((int) Files.size(pack)));
      AdapterStore store = AdapterStore.open(place);
      List<String> damages = store.verify();
      assertFalse(damages.isEmpty());
      assertTrue(
          damages.stream().anyMatch(d -> d.contains("ink") || d.contains("glow")), damages + "");
      boolean told = false;
      for (String name : List.of("ink", "glow")) {
        Path out = folder.resolve("damaged.safetensors");
        try {
          store.get(name, out);
          assertArrayEquals(
              Files.readAllBytes(name.equals("ink") ? ink : glow), Files.readAllBytes(out));
        } catch (StoreException e) {
          told = true;
          assertTrue(e.getMessage().contains("Add this adapter again"), e.getMessage());
        }
        Files.deleteIfExists(out);
      }
      assertTrue(told);
      store.add("ink", ink, false);
      store.add("glow", glow, false);
      assertEquals(List.of(), store.verify().stream().filter(d -> !d.contains("index")).toList());
      store.collect();
      assertWhole();
    }
  }

  @Test
  void aTornPackIsNamedAndRepaired() throws IOException {
    for (Path pack : StoredFiles.packs(place)) {
      byte[] bytes = Files.readAllBytes(pack);
      for (int length : new int[] {0, 7, 100, bytes.length / 2, bytes.length - 1}) {
        Files.write(pack, Arrays.copyOf(bytes, length));
        AdapterStore store = AdapterStore.open(place);
        assertFalse(store.verify().isEmpty());
        store.add("ink", ink, false);
        store.add("glow", glow, false);
        store.collect();
        assertWhole();
      }
    }
  }

  @Test
  void aDamagedManifestIsNamedAndNothingIsCollected() throws IOException {
    long before = StoredFiles.size(place.resolve("packs"));
    for (long at = 0; at < Files.size(manifest()); at += 97) {
      byte[] whole = Files.readAllBytes(manifest());
      StoredFiles.damage(manifest(), at);
      AdapterStore store = AdapterStore.open(place);
      String message = assertThrows(StoreException.class, store::collect).getMessage();
      assertTrue(message.contains("ink.adapter") && message.contains("--replace"), message);
      assertThrows(StoreException.class, store::adapters);
      assertThrows(StoreException.class, () -> store.get("ink", folder.resolve("o.safetensors")));
      assertEquals(1, store.verify().size());
      Files.write(manifest(), whole);
    }
    assertEquals(before, StoredFiles.size(place.resolve("packs")));
    StoredFiles.damage(manifest(), 20);
    AdapterStore.open(place).add("ink", ink, true);
    assertWhole();
    StoredFiles.damage(manifest(), 20);
    AdapterStore.open(place).remove(List.of("ink"));
    assertEquals(List.of(), AdapterStore.open(place).verify());
  }

  /** A pack that is gone is like one that is damaged. */
  @Test
  void aMissingPackIsNamed() throws IOException {
    for (Path pack : StoredFiles.packs(place)) {
      Files.delete(pack);
    }
    AdapterStore store = AdapterStore.open(place);
    assertTrue(store.verify().get(0).contains("in no pack"), store.verify().get(0));
    assertThrows(StoreException.class, () -> store.get("ink", folder.resolve("o.safetensors")));
    store.add("ink", ink, false);
    store.add("glow", glow, false);
    assertWhole();
  }

  /** Whoever makes a manifest with a right digest still writes nowhere else. */
  @Test
  void hostileManifestsAreRefused() throws IOException {
    ObjectId any = ObjectId.of(new byte[1]);
    for (String name : List.of("../evil.safetensors", "/tmp/evil", "", ".ssh")) {
      Manifest hostile = new Manifest(true, List.of(new StoredFile(name, any, List.of())));
      Files.write(manifest(), ManifestForm.write(hostile));
      assertThrows(
          StoreException.class,
          () -> AdapterStore.open(place).get("ink", folder.resolve("o")),
          name);
    }
    Piece.Stored huge = new Piece.Stored(any, Integer.MAX_VALUE);
    Manifest large = new Manifest(false, List.of(new StoredFile("a", any, List.of(huge))));
    Files.write(manifest(), ManifestForm.write(large));
    assertThrows(StoreException.class, () -> AdapterStore.open(place).adapters());
  }
}
