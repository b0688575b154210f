package dev.lora4j.server.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random use, replacement, loading and unloading by many threads. The content of each file says
 * whose it is, how it is called and which version it is; each lease has to have what was there when
 * it was taken, and to keep it.
 */
@Timeout(300)
class AdapterChurnTest {
  private static final int CLIENTS = 8;
  private static final int STEPS = 300;
  private static final int PHASES = 3;
  private static final int NAMES = 4;
  private static final int ROOM = 5;
  private static final List<Tenant> OWNERS =
      List.of(Tenant.SHARED, new Tenant("ann"), new Tenant("bob"));
  private static final int CELLS = OWNERS.size() * NAMES;

  @TempDir Path root;
  @TempDir Path state;

  /** Versions of each file: those that lie there for certain, and those that may. */
  private final AtomicIntegerArray written = new AtomicIntegerArray(CELLS);

  private final AtomicIntegerArray begun = new AtomicIntegerArray(CELLS);
  private final Map<Long, Adapter> contents = new ConcurrentHashMap<>();
  private final List<Object> locks = new ArrayList<>();
  private final List<Object> aliases = List.of(new Object(), new Object(), new Object());
  private AdapterCache cache;

  /** A lease with what it had first. */
  private record Held(AdapterLease lease, String tag, long generation) {}

  @BeforeEach
  void write() {
    for (int cell = 0; cell < CELLS; cell++) {
      locks.add(new Object());
      if (exists(cell)) {
        replace(cell);
      }
    }
    AdapterLibrary library =
        new AdapterLibrary(
            LibraryFolders.of(root), AdapterAdmission.everything(), state, event -> {});
    cache = new AdapterCache(library, TaggedAdapters::read, ROOM * TaggedAdapters.BYTES);
  }

  /** The last name is shared alone, so that tenants use shared ones too. */
  private static boolean exists(int cell) {
    return cell < NAMES || cell % NAMES < NAMES - 1;
  }

  private void replace(int cell) {
    Tenant owner = OWNERS.get(cell / NAMES);
    String folder = cell < NAMES ? "" : "tenants/" + owner.name() + "/";
    synchronized (locks.get(cell)) {
      int version = begun.incrementAndGet(cell);
      // Versions differ in size, as the clock of a file system may be slower than this.
      TaggedAdapters.write(
          root.resolve(folder + "n" + cell % NAMES + ".safetensors"),
          cell + " " + version + " " + "x".repeat(version));
      written.set(cell, version);
    }
  }

  private void check(int cell, int least, AdapterLease lease) {
    String[] tag = TaggedAdapters.tag(lease).split(" ", 3);
    assertEquals(cell, Integer.parseInt(tag[0]), "of another name or tenant");
    int version = Integer.parseInt(tag[1]);
    assertTrue(version >= least, () -> version + " was replaced by " + least);
    assertTrue(version <= begun.get(cell), "of the future");
    Adapter known = contents.putIfAbsent(lease.generation(), lease.adapter());
    if (known != null) {
      assertSame(known, lease.adapter(), "one generation has one content");
    }
  }

  private Held acquire(SplittableRandom random) {
    int owner = random.nextInt(OWNERS.size());
    int name = random.nextInt(NAMES);
    int cell = exists(owner * NAMES + name) ? owner * NAMES + name : name;
    int least = written.get(cell);
    AdapterLease lease = cache.acquire(OWNERS.get(owner), "n" + name);
    check(cell, least, lease);
    return new Held(lease, TaggedAdapters.tag(lease), lease.generation());
  }

  private void stillTheSame(Held held) {
    assertEquals(held.tag(), TaggedAdapters.tag(held.lease()));
    assertEquals(held.generation(), held.lease().generation());
    assertTrue(
        cache.held().stream().anyMatch(h -> h.generation() == held.generation() && h.leases() > 0),
        "what is leased is held");
  }

  /** A second name for the first adapter of each owner, loaded and unloaded on request. */
  private void rename(SplittableRandom random) {
    int owner = random.nextInt(OWNERS.size());
    Tenant tenant = OWNERS.get(owner);
    String alias = "alias" + owner;
    // What the shared owner has all find, but nobody finds what a tenant has.
    assertThrows(
        UnknownAdapterException.class, () -> cache.acquire(tenant, "alias" + (owner == 1 ? 2 : 1)));
    synchronized (aliases.get(owner)) {
      try {
        if (random.nextBoolean()) {
          int least = written.get(owner * NAMES);
          cache.load(tenant, alias, "n0", random.nextBoolean());
          try (AdapterLease lease = cache.acquire(tenant, alias)) {
            check(owner * NAMES, least, lease);
          }
        } else {
          cache.unload(tenant, alias);
          assertThrows(UnknownAdapterException.class, () -> cache.acquire(tenant, alias));
        }
      } catch (AdapterRefusalException | UnknownAdapterException e) {
        // It is loaded already, or not at all.
      }
    }
  }

  private void pin(SplittableRandom random) {
    String name = "n" + random.nextInt(NAMES);
    try {
      if (random.nextInt(3) == 0) {
        cache.pin(Tenant.SHARED, name);
      } else {
        cache.unpin(Tenant.SHARED, name);
      }
    } catch (AdapterRefusalException e) {
      // Too much is pinned.
    }
  }

  private Void client(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Held> leases = new ArrayList<>();
    try {
      for (int step = 0; step < STEPS; step++) {
        int chance = random.nextInt(100);
        if (chance < 55) {
          leases.add(acquire(random));
        } else if (chance < 70) {
          int cell = random.nextInt(CELLS);
          replace(exists(cell) ? cell : 0);
        } else if (chance < 80) {
          rename(random);
        } else if (chance < 85) {
          pin(random);
        } else if (chance < 87) {
          cache.refresh();
        } else if (chance < 89) {
          cache.clear();
        }
        while (!leases.isEmpty() && (leases.size() > 4 || random.nextInt(3) == 0)) {
          Held held = leases.remove(random.nextInt(leases.size()));
          stillTheSame(held);
          held.lease().close();
          if (random.nextBoolean()) {
            held.lease().close();
          }
        }
      }
    } finally {
      leases.forEach(held -> held.lease().close());
    }
    return null;
  }

  @Test
  void eachLeaseHasItsContent() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try {
      for (int phase = 0; phase < PHASES; phase++) {
        List<Future<Void>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          long seed = phase * 100L + i;
          clients.add(threads.submit(() -> client(seed)));
        }
        for (Future<Void> client : clients) {
          client.get();
        }
        nothingIsLeft();
      }
    } finally {
      threads.shutdownNow();
    }
    assertTrue(cache.counts().evictions() > 0, "there was need of room");
    assertTrue(cache.counts().replacements() > 0, "files were replaced");
  }

  private void nothingIsLeft() {
    CacheCounts counts = cache.counts();
    assertEquals(0, counts.leases());
    assertTrue(counts.bytes() <= counts.limit(), counts::toString);
    assertEquals(counts.adapters() * TaggedAdapters.BYTES, counts.bytes());
    assertTrue(cache.held().stream().allMatch(h -> h.current() && h.leases() == 0));
    assertEquals(0, cache.busyNames());
  }
}
