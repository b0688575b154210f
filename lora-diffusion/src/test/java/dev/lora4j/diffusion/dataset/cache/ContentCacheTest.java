package dev.lora4j.diffusion.dataset.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContentCacheTest {
  private static final float[] NUMBERS = {0.1f, -2.7182817f, 1e-3f, 100.03f};
  private static final CacheKey KEY = CacheKey.of("latent").with("file", "abc").with("vae", "v1");

  @TempDir Path folder;

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void firstRunUsesTheStoredRounding(DType type) {
    ContentCache cache = new ContentCache(folder, type);
    float[] first = cache.cached(KEY, NUMBERS::clone);
    float[] second = cache.cached(KEY, () -> new float[] {9});
    assertArrayEquals(first, second);
    assertArrayEquals(cache.rounded(NUMBERS), first);
    assertEquals(type == DType.F32, first[0] == NUMBERS[0]);
    assertTrue(cache.holds(KEY));
  }

  @Test
  void keyPartAndTypeMakeAnotherEntry() {
    ContentCache cache = new ContentCache(folder, DType.F32);
    cache.cached(KEY, NUMBERS::clone);
    assertFalse(cache.holds(KEY.with("vae", "v2")));
    assertFalse(cache.holds(KEY.with("more", "")));
    assertFalse(cache.holds(new CacheKey("text", KEY.parts())));
    assertFalse(new ContentCache(folder, DType.F16).holds(KEY));
  }

  @Test
  void keyNamesAndValuesAreSeparated() {
    assertNotEquals(
        CacheKey.of("a").with("b", "c:d").digest(), CacheKey.of("a").with("b:c", "d").digest());
    assertEquals(
        CacheKey.of("a").with("x", 1).with("y", 2).digest(),
        CacheKey.of("a").with("y", 2).with("x", 1).digest());
  }

  @Test
  void damagedEntryIsComputedAgain() throws IOException {
    ContentCache cache = new ContentCache(folder, DType.F32);
    cache.cached(KEY, NUMBERS::clone);
    Path file = files().get(0);
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at += 5) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x20;
      Files.write(file, damaged);
      assertArrayEquals(NUMBERS, cache.cached(KEY, NUMBERS::clone), "byte " + at);
      assertTrue(cache.holds(KEY));
    }
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 3));
    assertFalse(cache.holds(KEY));
    assertArrayEquals(NUMBERS, cache.cached(KEY, NUMBERS::clone));
  }

  @Test
  void anEntryUnderAnothersNameIsNotUsed() throws IOException {
    ContentCache cache = new ContentCache(folder, DType.F32);
    cache.cached(KEY, NUMBERS::clone);
    Path file = files().get(0);
    CacheKey other = KEY.with("vae", "v2");
    cache.cached(other, () -> new float[] {1});
    Path second = files().stream().filter(f -> !f.equals(file)).findFirst().orElseThrow();
    Files.write(second, Files.readAllBytes(file));
    assertArrayEquals(new float[] {1}, cache.cached(other, () -> new float[] {1}));
  }

  @Test
  void nonFiniteAndOverflowingValuesAreNotStored() throws IOException {
    ContentCache cache = new ContentCache(folder, DType.F16);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> cache.cached(KEY, () -> new float[] {1, 70_000}))
            .getMessage();
    assertTrue(message.contains("70000.0 at 1") && message.contains("file=abc"), message);
    assertThrows(
        IllegalArgumentException.class, () -> cache.cached(KEY, () -> new float[] {Float.NaN}));
    assertEquals(List.of(), files());
  }

  @Test
  void leastRecentlyUsedEntryIsEvictedFirst() throws IOException {
    ContentCache cache = new ContentCache(folder, DType.F32);
    cache.cached(KEY, NUMBERS::clone);
    long one = cache.size();
    Files.setLastModifiedTime(files().get(0), FileTime.fromMillis(1000));
    CacheKey other = KEY.with("file", "def");
    cache.cached(other, NUMBERS::clone);
    cache.trim(one);
    assertTrue(cache.holds(other));
    assertFalse(cache.holds(KEY));
    cache.trim(0);
    assertEquals(0, cache.size());
  }
}
