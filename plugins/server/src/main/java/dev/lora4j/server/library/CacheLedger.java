package dev.lora4j.server.library;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Account of what is in memory and who uses it. It decides what goes when there is no room: the
 * least recently used that has no lease and is not pinned.
 *
 * <p>May be used from several threads. Methods that may drop adapters return those that gave room.
 */
final class CacheLedger {
  /** A lease on a generation, and whether the caller has to load it. */
  record Claim(Generation generation, boolean first) {}

  private final long limit;
  private final Map<AdapterKey, Generation> current = new HashMap<>();
  private final Set<Generation> replaced = new LinkedHashSet<>();

  /** Loaded, current, not pinned, without leases; the least recently used first. */
  private final Set<Generation> idle = new LinkedHashSet<>();

  /**
   * Names that stay, with the bytes that they took last; some may be loaded anew at their next use.
   */
  private final Map<AdapterKey, Long> pinned = new HashMap<>();

  private long numbers;
  private long bytes;
  private int leases;
  private long hits;
  private long loads;
  private long failures;
  private long evictions;
  private long replacements;

  CacheLedger(long limit) {
    this.limit = limit;
  }

  /** Leases what is held of a file as it is now, or a new generation of it. */
  synchronized Claim claim(AdapterFile file) {
    Generation known = current.get(file.key());
    if (known != null && known.file().equals(file)) {
      hits++;
      idle.remove(known);
      return new Claim(leased(known), false);
    }
    return new Claim(leased(replace(file)), true);
  }

  private Generation leased(Generation generation) {
    generation.lease();
    leases++;
    return generation;
  }

  /** A generation with a lease that is not current yet. */
  synchronized Generation prepare(AdapterFile file) {
    Generation generation = leased(new Generation(++numbers, file));
    replaced.add(generation);
    return generation;
  }

  /** Makes a prepared generation the current one of its name. */
  synchronized HeldAdapter install(Generation generation) {
    AdapterKey key = generation.file().key();
    replacements += current.containsKey(key) ? 1 : 0;
    retire(key);
    replaced.remove(generation);
    current.put(key, generation);
    return held(generation, true);
  }

  private Generation replace(AdapterFile file) {
    replacements += current.containsKey(file.key()) ? 1 : 0;
    retire(file.key());
    Generation generation = new Generation(++numbers, file);
    current.put(file.key(), generation);
    return generation;
  }

  /** No new request gets what is held under a name; leases keep theirs. */
  synchronized void retire(AdapterKey key) {
    Generation old = current.remove(key);
    if (old != null) {
      idle.remove(old);
      if (old.leases() > 0) {
        replaced.add(old);
      } else {
        bytes -= old.bytes();
      }
    }
  }

  /** Retires what is held under a name, unless it is of these files; whether it did. */
  synchronized boolean retireOthers(AdapterKey key, List<AdapterFile> now) {
    Generation held = current.get(key);
    boolean other = held != null && !now.contains(held.file());
    if (other) {
      retire(key);
    }
    return other;
  }

  /** A generation has its content. */
  synchronized List<Generation> loaded(Generation generation, long size) {
    generation.bytes(size);
    bytes += size;
    loads++;
    pinned.replace(generation.file().key(), size);
    return shrink(limit);
  }

  /** A generation has no content and will have none. */
  synchronized void failed(Generation generation, boolean counts) {
    failures += counts ? 1 : 0;
    if (current.remove(generation.file().key(), generation)) {
      replaced.add(generation);
    }
  }

  /** Gives a lease back. */
  synchronized List<Generation> release(Generation generation) {
    leases--;
    generation.giveBack();
    if (generation.leases() == 0) {
      if (replaced.remove(generation)) {
        bytes -= generation.bytes();
      } else {
        rest(generation);
      }
    }
    return shrink(limit);
  }

  private void rest(Generation generation) {
    AdapterKey key = generation.file().key();
    if (generation.equals(current.get(key))
        && generation.leases() == 0
        && !pinned.containsKey(key)) {
      idle.add(generation);
    }
  }

  /** Keeps a name in memory; false if all that is pinned would be more than the limit. */
  synchronized boolean pin(AdapterKey key, long size) {
    long all = size - pinned.getOrDefault(key, 0L);
    for (long other : pinned.values()) {
      all += other;
    }
    if (all > limit) {
      return false;
    }
    pinned.put(key, size);
    return true;
  }

  /** Lets a name go when room is needed. */
  synchronized List<Generation> unpin(AdapterKey key) {
    pinned.remove(key);
    Generation held = current.get(key);
    if (held != null) {
      rest(held);
    }
    return shrink(limit);
  }

  /** Drops all that is not in use and not pinned. */
  synchronized List<Generation> clear() {
    return shrink(0);
  }

  private List<Generation> shrink(long most) {
    List<Generation> evicted = new ArrayList<>();
    Iterator<Generation> oldest = idle.iterator();
    while (bytes > most && oldest.hasNext()) {
      Generation next = oldest.next();
      oldest.remove();
      current.remove(next.file().key());
      bytes -= next.bytes();
      evictions++;
      evicted.add(next);
    }
    return evicted;
  }

  synchronized boolean holds(AdapterKey key) {
    return current.containsKey(key);
  }

  synchronized List<AdapterFile> files() {
    return current.values().stream().map(Generation::file).toList();
  }

  synchronized CacheCounts counts() {
    return new CacheCounts(
        hits, loads, failures, evictions, replacements, bytes, limit, current.size(), leases);
  }

  synchronized List<HeldAdapter> held() {
    List<HeldAdapter> all = new ArrayList<>();
    current.values().forEach(g -> all.add(held(g, true)));
    replaced.forEach(g -> all.add(held(g, false)));
    return all;
  }

  private HeldAdapter held(Generation g, boolean now) {
    AdapterKey key = g.file().key();
    return new HeldAdapter(
        key, g.number(), g.bytes(), g.leases(), now && pinned.containsKey(key), now);
  }
}
