package dev.lora4j.core.tensor.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.TensorException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibtorchCacheTest {
  private static final BundledLibtorch LIBTORCH =
      new BundledLibtorch("9.9.9-1", "cu199", "linux-x86_64", List.of("liba.so", "libb.so"));

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private final byte[] content = new byte[3_000_000];

  @TempDir private Path folder;
  private URLClassLoader loader;

  @BeforeEach
  void putOnTheClassPath() throws IOException {
    new Random(7).nextBytes(content);
    Path there = Files.createDirectories(folder.resolve("jar/pytorch/cu199/linux-x86_64"));
    for (String library : LIBTORCH.libraries()) {
      Files.write(there.resolve(library), content);
    }
    loader = new URLClassLoader(new URL[] {folder.resolve("jar").toUri().toURL()}, before);
    Thread.currentThread().setContextClassLoader(loader);
  }

  @AfterEach
  void takeOff() throws IOException {
    Thread.currentThread().setContextClassLoader(before);
    loader.close();
  }

  @Test
  void missingLibrariesAreAddedToTheCache() throws IOException {
    Path cache = folder.resolve("cache");
    Path unpacked = LibtorchCache.unpacked(LIBTORCH, cache);
    assertEquals(cache.resolve("9.9.9-1-cu199-linux-x86_64"), unpacked);
    Files.delete(unpacked.resolve("libb.so"));
    Files.setLastModifiedTime(
        unpacked.resolve("liba.so"), java.nio.file.attribute.FileTime.fromMillis(0));
    LibtorchCache.unpacked(LIBTORCH, cache);
    assertArrayEquals(content, Files.readAllBytes(unpacked.resolve("libb.so")));
    assertEquals(0, Files.getLastModifiedTime(unpacked.resolve("liba.so")).toMillis());
  }

  @Test
  void leftoversAreRemovedAndEmptyLibrariesReplaced() throws IOException {
    Path cache = folder.resolve("cache");
    Path unpacked = LibtorchCache.unpacked(LIBTORCH, cache);
    Path left = Files.write(unpacked.resolve(".unpacking123.tmp"), new byte[9]);
    Path young = Files.write(unpacked.resolve(".unpacking124.tmp"), new byte[9]);
    Files.setLastModifiedTime(left, java.nio.file.attribute.FileTime.fromMillis(0));
    Files.write(unpacked.resolve("liba.so"), new byte[0]);
    LibtorchCache.unpacked(LIBTORCH, cache);
    assertFalse(Files.exists(left));
    assertTrue(Files.exists(young));
    assertArrayEquals(content, Files.readAllBytes(unpacked.resolve("liba.so")));
    Files.delete(young);
  }

  @Test
  void severalMayUnpackAtOnce() throws Exception {
    Path cache = folder.resolve("cache");
    Callable<Path> unpack =
        () -> {
          Thread.currentThread().setContextClassLoader(loader);
          Path unpacked = LibtorchCache.unpacked(LIBTORCH, cache);
          // Whoever is back may load them at once.
          assertArrayEquals(content, Files.readAllBytes(unpacked.resolve("liba.so")));
          assertArrayEquals(content, Files.readAllBytes(unpacked.resolve("libb.so")));
          return unpacked;
        };
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (Future<Path> done :
          threads.invokeAll(IntStream.range(0, 8).mapToObj(i -> unpack).toList())) {
        try (Stream<Path> files = Files.list(done.get())) {
          assertEquals(2, files.filter(f -> f.toString().endsWith(".so")).count());
        }
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void incompleteJarAndUnwritableCacheAreReported() throws IOException {
    BundledLibtorch more =
        new BundledLibtorch("9.9.9-1", "cu199", "linux-x86_64", List.of("liba.so", "libc.so"));
    TensorException lacks =
        assertThrows(TensorException.class, () -> LibtorchCache.unpacked(more, folder));
    assertTrue(
        lacks.getMessage().contains("no pytorch/cu199/linux-x86_64/libc.so"), lacks.getMessage());
    Path file = Files.writeString(folder.resolve("file"), "");
    TensorException blocked =
        assertThrows(TensorException.class, () -> LibtorchCache.unpacked(LIBTORCH, file));
    assertTrue(blocked.getMessage().contains("DJL_CACHE_DIR"), blocked.getMessage());
    try (Stream<Path> left = Files.walk(folder)) {
      assertFalse(left.anyMatch(p -> p.toString().endsWith(".tmp")));
    }
  }
}
