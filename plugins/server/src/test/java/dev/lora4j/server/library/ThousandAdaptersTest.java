package dev.lora4j.server.library;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.reading.AdapterFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThousandAdaptersTest {
  private static final int ADAPTERS = 1_000;
  private static final int HELD = 100;
  private static final long BYTES = 4 * (2 * 11 + 6 * 2);

  @TempDir Path root;
  @TempDir Path state;

  @Test
  void eachIsServedWithinTheLimit() {
    for (int i = 0; i < ADAPTERS; i++) {
      TaggedAdapters.writeReal(root.resolve("a" + i + ".safetensors"), i + 1);
    }
    AdapterLibrary library =
        new AdapterLibrary(
            LibraryFolders.of(root), AdapterAdmission.everything(), state, event -> {});
    AdapterCache cache =
        new AdapterCache(
            library, file -> AdapterFiles.read(file, TaggedAdapters.FAMILY), HELD * BYTES);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < ADAPTERS; i++) {
        try (AdapterLease lease = cache.acquire(Tenant.SHARED, "a" + i)) {
          assertEquals(i + 1, value(lease));
        }
      }
    }
    assertEquals(ADAPTERS, library.list(Tenant.SHARED).size());
    assertEquals(HELD, cache.counts().adapters());
    assertEquals(HELD * BYTES, cache.counts().bytes());
    assertEquals(2 * ADAPTERS - HELD, cache.counts().evictions());
    long hits = cache.counts().hits();
    for (int i = ADAPTERS - HELD; i < ADAPTERS; i++) {
      cache.acquire(Tenant.SHARED, "a" + i).close();
    }
    assertEquals(hits + HELD, cache.counts().hits(), "the last ones are held");
  }

  private static float value(AdapterLease lease) {
    return lease.adapter().at("unet.wide").get(0).tensor(LoraMethod.DOWN).bytes().getFloat();
  }
}
