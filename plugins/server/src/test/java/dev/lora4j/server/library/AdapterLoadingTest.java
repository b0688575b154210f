package dev.lora4j.server.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.LoadedAdapter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What many threads get that want one adapter at once. */
@Timeout(120)
class AdapterLoadingTest {
  private static final int THREADS = 50;

  @TempDir Path root;
  @TempDir Path state;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final AtomicInteger loads = new AtomicInteger();

  @BeforeEach
  void write() {
    TaggedAdapters.write(root.resolve("a.safetensors"), "a");
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private AdapterCache cache(Function<Path, LoadedAdapter> loader) {
    AdapterLibrary library =
        new AdapterLibrary(
            LibraryFolders.of(root), AdapterAdmission.everything(), state, event -> {});
    return new AdapterCache(
        library,
        file -> {
          loads.incrementAndGet();
          return loader.apply(file);
        },
        1 << 20);
  }

  private <T> List<Future<T>> all(Callable<T> work) {
    List<Future<T>> futures = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      futures.add(threads.submit(work));
    }
    return futures;
  }

  private static void awaitLeases(AdapterCache cache, int count) {
    while (cache.counts().leases() < count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void oneLoadServesAll() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AdapterCache cache = cache(file -> waiting(go, () -> TaggedAdapters.read(file)));
    List<Future<AdapterLease>> leases = all(() -> cache.acquire(Tenant.SHARED, "a"));
    awaitLeases(cache, THREADS);
    go.countDown();
    for (Future<AdapterLease> lease : leases) {
      assertEquals("a", TaggedAdapters.tag(lease.get()));
      lease.get().close();
    }
    assertEquals(1, loads.get());
    assertEquals(0, cache.counts().leases());
    assertEquals(0, cache.busyNames());
  }

  private static LoadedAdapter waiting(CountDownLatch go, Callable<LoadedAdapter> then) {
    try {
      go.await();
      return then.call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdapterException("stopped", e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void failureIsToldToAllAndForgotten() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AdapterCache cache =
        cache(
            file ->
                waiting(
                    go,
                    () -> {
                      if (loads.get() == 1) {
                        throw new AdapterException(file + " has half a pair.");
                      }
                      return TaggedAdapters.read(file);
                    }));
    List<Future<AdapterLease>> leases = all(() -> cache.acquire(Tenant.SHARED, "a"));
    awaitLeases(cache, THREADS);
    go.countDown();
    for (Future<AdapterLease> lease : leases) {
      ExecutionException failed = assertThrows(ExecutionException.class, lease::get);
      assertInstanceOf(UnusableAdapterException.class, failed.getCause());
      assertEquals(
          "The adapter a cannot be used with this base: a has half a pair.",
          failed.getCause().getMessage());
    }
    assertEquals(1, loads.get());
    assertEquals(List.of(), cache.held());
    assertEquals(1, cache.counts().failures());
    cache.acquire(Tenant.SHARED, "a").close();
    assertEquals(2, loads.get());
  }

  @Test
  void interruptedLoaderStopsNobodyElse() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AdapterCache cache =
        cache(
            file ->
                loads.get() == 1
                    ? waiting(go, () -> TaggedAdapters.read(file))
                    : TaggedAdapters.read(file));
    Future<AdapterLease> first = threads.submit(() -> cache.acquire(Tenant.SHARED, "a"));
    awaitLeases(cache, 1);
    Future<AdapterLease> second = threads.submit(() -> cache.acquire(Tenant.SHARED, "a"));
    awaitLeases(cache, 2);
    while (loads.get() == 0) {
      Thread.onSpinWait();
    }
    assertTrue(first.cancel(true));
    try (AdapterLease lease = second.get()) {
      assertEquals("a", TaggedAdapters.tag(lease));
    }
    assertThrows(CancellationException.class, first::get);
    assertEquals(2, loads.get());
  }

  @Test
  void fileThatChangesWhileReadIsReadAgain() {
    AdapterCache cache =
        cache(
            file -> {
              LoadedAdapter old = TaggedAdapters.read(file);
              if (loads.get() < 3) {
                TaggedAdapters.write(file, "a".repeat(1 + loads.get()));
              }
              return old;
            });
    try (AdapterLease lease = cache.acquire(Tenant.SHARED, "a")) {
      assertEquals("aaa", TaggedAdapters.tag(lease));
    }
    assertEquals(3, loads.get());
    assertEquals(1, cache.counts().adapters());
    assertEquals(TaggedAdapters.BYTES, cache.counts().bytes());
  }

  @Test
  void fileThatNeverRestsIsRefused() {
    AdapterCache cache =
        cache(
            file -> {
              TaggedAdapters.write(file, "a".repeat(1 + loads.get()));
              return TaggedAdapters.read(file);
            });
    UnusableAdapterException refused =
        assertThrows(UnusableAdapterException.class, () -> cache.acquire(Tenant.SHARED, "a"));
    assertTrue(refused.getMessage().contains("changed each time"), refused.getMessage());
    assertEquals(List.of(), cache.held());
  }

  @Test
  void unloadDuringALoadLetsItFinish() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AdapterCache cache = cache(file -> waiting(go, () -> TaggedAdapters.read(file)));
    Future<AdapterLease> begun = threads.submit(() -> cache.acquire(Tenant.SHARED, "a"));
    awaitLeases(cache, 1);
    cache.unload(Tenant.SHARED, "a");
    assertThrows(UnknownAdapterException.class, () -> cache.acquire(Tenant.SHARED, "a"));
    go.countDown();
    begun.get().close();
    assertEquals(0, cache.counts().bytes());
    assertEquals(List.of(), cache.held());
  }
}
