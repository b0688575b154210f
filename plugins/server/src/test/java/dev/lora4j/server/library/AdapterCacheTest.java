package dev.lora4j.server.library;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterCacheTest {
  private static final Tenant ANN = new Tenant("ann");
  private static final long ROOM_FOR_TWO = 2 * TaggedAdapters.BYTES;

  @TempDir Path root;
  @TempDir Path state;

  private final List<LibraryEvent> events = new CopyOnWriteArrayList<>();
  private final List<String> loads = Collections.synchronizedList(new ArrayList<>());

  private AdapterCache cache(String... names) {
    for (String name : names) {
      write(name, name);
    }
    AdapterLibrary library =
        new AdapterLibrary(
            LibraryFolders.of(root), AdapterAdmission.everything(), state, events::add);
    return new AdapterCache(
        library,
        file -> {
          loads.add(file.getFileName().toString().replace(".safetensors", ""));
          if (file.endsWith("broken.safetensors")) {
            throw new AdapterException(file + " is broken.");
          }
          return TaggedAdapters.read(file);
        },
        ROOM_FOR_TWO);
  }

  private void write(String name, String tag) {
    TaggedAdapters.write(root.resolve(name + ".safetensors"), tag);
  }

  private static AdapterLease acquire(AdapterCache cache, String name) {
    return cache.acquire(Tenant.SHARED, name);
  }

  private static void use(AdapterCache cache, String name) {
    try (AdapterLease lease = acquire(cache, name)) {
      assertEquals(name, TaggedAdapters.tag(lease));
    }
  }

  @Test
  void leastRecentlyUsedGivesRoom() {
    AdapterCache cache = cache("a", "b", "c");
    List.of("a", "b", "a", "c", "a", "b").forEach(name -> use(cache, name));
    assertEquals(List.of("a", "b", "c", "b"), loads);
    CacheCounts counts = cache.counts();
    assertEquals(2, counts.hits());
    assertEquals(4, counts.loads());
    assertEquals(2, counts.evictions());
    assertEquals(ROOM_FOR_TWO, counts.bytes());
    assertEquals(0, counts.leases());
    assertEquals(2, events.stream().filter(e -> e.kind() == LibraryEvent.Kind.EVICTED).count());
  }

  @Test
  void leasedAdapterStays() {
    AdapterCache cache = cache("a", "b", "c");
    try (AdapterLease a = acquire(cache, "a");
        AdapterLease b = acquire(cache, "b");
        AdapterLease c = acquire(cache, "c")) {
      assertEquals(3 * TaggedAdapters.BYTES, cache.counts().bytes());
      assertEquals("a", TaggedAdapters.tag(a));
      assertSame(a.adapter(), acquireAndClose(cache, "a"), () -> b.key() + ", " + c.key());
    }
    assertEquals(ROOM_FOR_TWO, cache.counts().bytes());
  }

  private static Object acquireAndClose(AdapterCache cache, String name) {
    try (AdapterLease lease = acquire(cache, name)) {
      return lease.adapter();
    }
  }

  @Test
  void secondCloseIsHarmless() {
    AdapterCache cache = cache("a");
    AdapterLease one = acquire(cache, "a");
    AdapterLease other = acquire(cache, "a");
    one.close();
    one.close();
    assertEquals(1, cache.counts().leases());
    assertThrows(IllegalStateException.class, one::loaded);
    assertEquals("a", TaggedAdapters.tag(other));
    other.close();
    assertEquals(0, cache.counts().leases());
  }

  @Test
  void pinnedAdapterStays() {
    AdapterCache cache = cache("a", "b", "c");
    cache.pin(Tenant.SHARED, "a");
    List.of("b", "c", "b", "a").forEach(name -> use(cache, name));
    assertEquals(List.of("a", "b", "c", "b"), loads);
    cache.clear();
    assertEquals(TaggedAdapters.BYTES, cache.counts().bytes());
    cache.pin(Tenant.SHARED, "b");
    AdapterRefusalException full =
        assertThrows(AdapterRefusalException.class, () -> cache.pin(Tenant.SHARED, "c"));
    assertTrue(full.getMessage().contains("limit of " + ROOM_FOR_TWO), full.getMessage());
    cache.unpin(Tenant.SHARED, "a");
    cache.clear();
    assertEquals(List.of("b"), cache.held().stream().map(h -> h.key().name()).toList());
  }

  @Test
  void changedFileIsANewGeneration() {
    AdapterCache cache = cache("a");
    try (AdapterLease old = acquire(cache, "a")) {
      write("a", "changed");
      try (AdapterLease now = acquire(cache, "a")) {
        assertEquals("changed", TaggedAdapters.tag(now));
        assertEquals("a", TaggedAdapters.tag(old));
        assertNotEquals(old.generation(), now.generation());
        assertEquals(
            List.of(false, true),
            cache.held().stream().map(HeldAdapter::current).sorted().toList());
      }
    }
    assertEquals(TaggedAdapters.BYTES, cache.counts().bytes());
    assertEquals(1, cache.counts().replacements());
  }

  @Test
  void goneFileIsDropped() throws IOException {
    AdapterCache cache = cache("a", "b");
    use(cache, "a");
    use(cache, "b");
    Files.delete(root.resolve("a.safetensors"));
    assertThrows(UnknownAdapterException.class, () -> acquire(cache, "a"));
    assertEquals(TaggedAdapters.BYTES, cache.counts().bytes());
    Files.delete(root.resolve("b.safetensors"));
    cache.refresh();
    assertEquals(0, cache.counts().bytes());
  }

  @Test
  void loadUnderANameRefusesASecond() {
    AdapterCache cache = cache("a", "b");
    HeldAdapter first = cache.load(Tenant.SHARED, "x", "a", false);
    assertTrue(first.current());
    AdapterRefusalException refused =
        assertThrows(
            AdapterRefusalException.class, () -> cache.load(Tenant.SHARED, "x", "b", false));
    assertTrue(refused.getMessage().startsWith("Adapter x is loaded already."));
    try (AdapterLease old = acquire(cache, "x")) {
      HeldAdapter second = cache.load(Tenant.SHARED, "x", "b.safetensors", true);
      assertNotEquals(first.generation(), second.generation());
      try (AdapterLease now = acquire(cache, "x")) {
        assertEquals("b", TaggedAdapters.tag(now));
        assertEquals(second.generation(), now.generation());
      }
      assertEquals("a", TaggedAdapters.tag(old));
    }
    use(cache, "a");
    assertThrows(AdapterRefusalException.class, () -> cache.load(Tenant.SHARED, "a", "b", false));
    assertThrows(AdapterRefusalException.class, () -> cache.load(Tenant.SHARED, " ", "b", false));
  }

  @Test
  void failedLoadInPlaceChangesNothing() {
    AdapterCache cache = cache("a", "broken");
    cache.load(Tenant.SHARED, "x", "a", false);
    assertThrows(
        UnknownAdapterException.class, () -> cache.load(Tenant.SHARED, "x", "missing", true));
    UnusableAdapterException failed =
        assertThrows(
            UnusableAdapterException.class, () -> cache.load(Tenant.SHARED, "x", "broken", true));
    assertEquals("The adapter x cannot be used with this base: x is broken.", failed.getMessage());
    try (AdapterLease lease = acquire(cache, "x")) {
      assertEquals("a", TaggedAdapters.tag(lease));
    }
    assertEquals(TaggedAdapters.BYTES, cache.counts().bytes());
  }

  @Test
  void unloadedNameIsNotFound() {
    AdapterCache cache = cache("a", "b");
    try (AdapterLease old = acquire(cache, "a")) {
      cache.unload(Tenant.SHARED, "a");
      assertThrows(UnknownAdapterException.class, () -> acquire(cache, "a"));
      assertEquals("a", TaggedAdapters.tag(old));
      UnknownAdapterException again =
          assertThrows(UnknownAdapterException.class, () -> cache.unload(Tenant.SHARED, "a"));
      assertEquals("There is no adapter a.", again.getMessage());
    }
    assertEquals(0, cache.counts().bytes());
    cache.refresh();
    assertThrows(UnknownAdapterException.class, () -> acquire(cache, "a"));
    cache.load(Tenant.SHARED, "a", "a", false);
    use(cache, "a");
  }

  @Test
  void tenantUnloadsItsOwnAlone() {
    AdapterCache cache = cache("a", "tenants/ann/mine");
    assertThrows(UnknownAdapterException.class, () -> cache.unload(ANN, "a"));
    assertThrows(UnknownAdapterException.class, () -> cache.unload(new Tenant("bob"), "mine"));
    cache.load(ANN, "a", "mine", false);
    try (AdapterLease own = cache.acquire(ANN, "a")) {
      assertEquals("tenants/ann/mine", TaggedAdapters.tag(own));
    }
    use(cache, "a");
    cache.unload(ANN, "a");
    try (AdapterLease shared = cache.acquire(ANN, "a")) {
      assertEquals("a", TaggedAdapters.tag(shared));
    }
  }

  @Test
  void preloadedAdapterIsAHit() {
    AdapterCache cache = cache("a");
    cache.preload(Tenant.SHARED, "a");
    use(cache, "a");
    assertEquals(List.of("a"), loads);
    assertEquals(1, cache.counts().hits());
    assertFalse(cache.held().get(0).pinned());
    assertDoesNotThrow(cache::refresh);
    assertEquals(1, cache.counts().adapters());
  }
}
