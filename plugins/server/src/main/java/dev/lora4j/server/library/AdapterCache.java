package dev.lora4j.server.library;

import dev.lora4j.core.format.LoadedAdapter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The adapters of a library in memory, read for one base. An adapter is loaded when it is first
 * used, once for all who want it then. It stays until room is needed, the least recently used going
 * first; while it is leased or pinned it does not go. A changed file is loaded anew for new
 * requests, while leases keep the content that they began with.
 *
 * <p>May be used from several threads.
 */
public final class AdapterCache {
  private static final int ATTEMPTS = 8;
  private static final int LONGEST_NAME = 200;

  private final AdapterLibrary library;
  private final Function<Path, LoadedAdapter> loader;
  private final CacheLedger ledger;

  /** Whoever decides what a name stands for holds the lock of the name, but not while it loads. */
  private final KeyedLocks<AdapterKey> locks = new KeyedLocks<>();

  /** Names that were loaded last time, by which lists tell the base of an adapter. */
  private final Set<AdapterKey> fitted = ConcurrentHashMap.newKeySet();

  /**
   * Creates an empty cache.
   *
   * @param loader reads an adapter's file or folder for the base; called from any thread
   * @param limit most bytes of adapters while none is in use; what is leased may exceed it
   */
  public AdapterCache(AdapterLibrary library, Function<Path, LoadedAdapter> loader, long limit) {
    this.library = library;
    this.loader = loader;
    this.ledger = new CacheLedger(limit);
  }

  /**
   * Leases an adapter, which is loaded if need be.
   *
   * @throws UnknownAdapterException if the tenant can use none of this name
   * @throws UnusableAdapterException if it cannot be loaded
   * @throws CancellationException if the thread is interrupted
   */
  public AdapterLease acquire(Tenant tenant, String name) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      CacheLedger.Claim claim = claim(tenant, name);
      Generation generation = claim.generation();
      boolean leased = false;
      try {
        if (claim.first()) {
          load(generation);
        }
        Generation.Outcome outcome = generation.await();
        if (outcome instanceof Generation.Outcome.Loaded done) {
          leased = true;
          return new AdapterLease(generation, done.content(), this::release);
        }
        if (outcome instanceof Generation.Outcome.Failed failed) {
          throw UnusableAdapterException.of(generation.file(), failed.cause());
        }
      } finally {
        if (!leased) {
          release(generation);
        }
      }
    }
    throw UnusableAdapterException.changing(name);
  }

  private CacheLedger.Claim claim(Tenant tenant, String name) {
    AdapterKey key = library.resolve(tenant, name);
    return locks.holding(
        key,
        () -> {
          Optional<AdapterFile> file = library.current(key);
          if (file.isEmpty()) {
            ledger.retire(key);
            throw library.unknown(tenant, name, key);
          }
          return ledger.claim(file.get());
        });
  }

  private void load(Generation generation) {
    AdapterFile file = generation.file();
    Generation.Outcome outcome = new Generation.Outcome.Abandoned();
    try {
      LoadedAdapter content = loader.apply(file.real());
      // Each use asks for it, and the first one reads all factors, for which no worker shall wait.
      content.adapter().identity();
      // What was read while the files changed may be of both states.
      if (library.unchanged(file)) {
        evicted(ledger.loaded(generation, AdapterBytes.of(content)));
        outcome = new Generation.Outcome.Loaded(content);
      }
    } catch (RuntimeException | Error e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("Interrupted while adapter " + file.key() + " was loaded.");
      }
      if (library.unchanged(file)) {
        outcome = new Generation.Outcome.Failed(e);
      }
    } finally {
      if (!(outcome instanceof Generation.Outcome.Loaded)) {
        ledger.failed(generation, outcome instanceof Generation.Outcome.Failed);
      }
      generation.end(outcome);
      tell(file, generation.number(), outcome);
    }
  }

  private void release(Generation generation) {
    evicted(ledger.release(generation));
  }

  /** Loads an adapter before it is used. */
  public void preload(Tenant tenant, String name) {
    acquire(tenant, name).close();
  }

  /**
   * Loads an adapter and keeps it in memory, also when its file changes.
   *
   * @throws AdapterRefusalException if all that is pinned would exceed the limit
   */
  public void pin(Tenant tenant, String name) {
    try (AdapterLease lease = acquire(tenant, name)) {
      AdapterKey key = lease.key();
      long bytes = AdapterBytes.of(lease.loaded());
      // Unloading in between lets go of the pin too, and must not come before it.
      boolean pinned =
          locks.holding(
              key,
              () -> {
                if (library.current(key).isEmpty()) {
                  throw library.unknown(tenant, name, key);
                }
                return ledger.pin(key, bytes);
              });
      if (!pinned) {
        throw new AdapterRefusalException(
            "Adapter "
                + key
                + " is not pinned, as pinned adapters would take more than the limit of "
                + ledger.counts().limit()
                + " bytes. Unpin others, or raise the limit.");
      }
    }
  }

  /** Lets a pinned adapter go when room is needed; no effect on others. */
  public void unpin(Tenant tenant, String name) {
    evicted(ledger.unpin(library.resolve(tenant, name)));
  }

  /**
   * Loads an adapter under a name of a tenant's own, or of all tenants, at once.
   *
   * @param path within the owner's folders or the shared ones, relative to one of them or absolute
   * @param inPlace whether it may take the place of what is loaded under the name; requests at work
   *     keep that
   * @throws UnknownAdapterException if there is no such file that the owner can use
   * @throws AdapterRefusalException if the name is loaded and it is not to be replaced
   * @throws UnusableAdapterException if it cannot be loaded; what is loaded stays as it is
   */
  public HeldAdapter load(Tenant owner, String name, String path, boolean inPlace) {
    requireName(name);
    AdapterKey key = library.spelled(new AdapterKey(owner, name));
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      requireReplaceable(key, inPlace);
      Generation generation = ledger.prepare(library.locate(key, path));
      try {
        load(generation);
        Generation.Outcome outcome = generation.await();
        if (outcome instanceof Generation.Outcome.Failed failed) {
          throw UnusableAdapterException.of(generation.file(), failed.cause());
        }
        if (outcome instanceof Generation.Outcome.Loaded) {
          return install(key, generation, inPlace);
        }
      } finally {
        release(generation);
      }
    }
    throw UnusableAdapterException.changing(name);
  }

  private static void requireName(String name) {
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw new AdapterRefusalException(
          "The name of an adapter has 1 to "
              + LONGEST_NAME
              + " characters; found "
              + name.length()
              + ". Choose another name.");
    }
  }

  private HeldAdapter install(AdapterKey key, Generation generation, boolean inPlace) {
    return locks.holding(
        key,
        () -> {
          requireReplaceable(key, inPlace);
          library.give(generation.file());
          return ledger.install(generation);
        });
  }

  private void requireReplaceable(AdapterKey key, boolean inPlace) {
    if (!inPlace && (ledger.holds(key) || library.given(key))) {
      throw new AdapterRefusalException(
          "Adapter "
              + key
              + " is loaded already. Unload it first, or ask for it to be loaded in place.");
    }
  }

  /**
   * Takes an adapter away: new requests do not find it until it is loaded on request, and those at
   * work finish with it.
   *
   * @param name the whole name of an adapter of this owner
   * @throws UnknownAdapterException if the owner has none of this name
   */
  public void unload(Tenant owner, String name) {
    AdapterKey key = library.spelled(new AdapterKey(owner, name));
    evicted(
        locks.holding(
            key,
            () -> {
              if (library.take(key).isEmpty()) {
                throw UnknownAdapterException.named(name, List.of());
              }
              ledger.retire(key);
              fitted.remove(key);
              return ledger.unpin(key);
            }));
    library
        .events()
        .accept(new LibraryEvent(LibraryEvent.Kind.UNLOADED, key.toString(), "on request"));
  }

  /** Looks through the folders again and drops what is gone or has changed. */
  public void refresh() {
    library.refresh();
    for (AdapterFile file : ledger.files()) {
      AdapterKey key = file.key();
      locks.holding(
          key,
          () -> ledger.retireOthers(key, library.current(key).map(List::of).orElse(List.of())));
    }
  }

  /** Drops all that is not in use and not pinned. */
  public void clear() {
    evicted(ledger.clear());
  }

  /** Numbers for metrics. */
  public CacheCounts counts() {
    return ledger.counts();
  }

  /** What is in memory, or being loaded. */
  public List<HeldAdapter> held() {
    return ledger.held();
  }

  /** Returns true if an adapter was loaded the last time that it was wanted, in memory or not. */
  public boolean fitted(AdapterKey key) {
    return fitted.contains(key);
  }

  /** Number of names that are being looked up. */
  int busyNames() {
    return locks.size();
  }

  private void evicted(List<Generation> all) {
    for (Generation one : all) {
      tell(
          LibraryEvent.Kind.EVICTED,
          one.file(),
          "generation " + one.number() + ", " + one.bytes() + " bytes");
    }
  }

  private void tell(AdapterFile file, long number, Generation.Outcome outcome) {
    if (outcome instanceof Generation.Outcome.Loaded) {
      fitted.add(file.key());
      tell(LibraryEvent.Kind.LOADED, file, "generation " + number + " from " + file.real());
    } else if (outcome instanceof Generation.Outcome.Failed failed) {
      fitted.remove(file.key());
      tell(LibraryEvent.Kind.FAILED, file, String.valueOf(failed.cause().getMessage()));
    }
  }

  private void tell(LibraryEvent.Kind kind, AdapterFile file, String text) {
    library.events().accept(new LibraryEvent(kind, file.key().toString(), text));
  }
}
