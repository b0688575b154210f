package dev.lora4j.core.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that are converted once and kept, and files that are known again. */
class ConversionTest {
  private static final Engine ENGINE = Engine.open();
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir private Path temporary;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private Path model(String name, int seed) {
    Random random = new Random(seed);
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String tensor : List.of("a", "b")) {
      double[] values = random.doubles(20 * 30, -1, 1).toArray();
      HostTensor half = HostTensor.of(DType.F16, Shape.of(20, 30), values);
      writer.add(tensor, DType.F16, half.shape(), half.bytes());
    }
    writer.add("c", DType.F32, Shape.of(1), new byte[4]);
    Path file = temporary.resolve(name);
    writer.write(file);
    return file;
  }

  private ConversionCache cache(long limit) {
    return new ConversionCache(temporary.resolve("cache"), limit);
  }

  private float[] load(Path file, ConvertedWeights conversion, String weight) {
    try (Scope scope = ENGINE.scope("test");
        TensorStore store = TensorStore.open(file)) {
      Map<String, StoredWeight> places = StoredWeight.all(store.tensors());
      places.put("turned", new StoredWeight("b", 0, Shape.of(30, 20), true));
      return conversion.load(scope, store, places).tensor(weight).floats();
    }
  }

  private static ConvertedWeights converted(Path file, ConversionCache cache) {
    return new ConvertedWeights(DType.F32, () -> FileHashes.sha256(file), cache, 1);
  }

  @Test
  void cachedWeightsEqualConvertedOnesAndAreReused() throws IOException {
    Path file = model("m.safetensors", 1);
    ConversionCache cache = cache(1 << 20);
    ConvertedWeights none = converted(file, cache(0));
    for (String weight : List.of("a", "b", "c", "turned")) {
      assertArrayEquals(load(file, none, weight), load(file, converted(file, cache), weight));
    }
    assertEquals(1, cache.count());
    try (var entries = Files.list(cache.folder())) {
      Path entry = entries.findFirst().orElseThrow();
      Object made = Files.getAttribute(entry, "unix:ino");
      load(file, converted(file, cache), "a");
      assertEquals(made, Files.getAttribute(entry, "unix:ino"));
      // Somebody cut it short: it is made anew.
      Files.write(entry, new byte[100]);
      assertArrayEquals(load(file, none, "a"), load(file, converted(file, cache), "a"));
      assertNotEquals(100, Files.size(entry));
    }
    assertEquals(List.of(), none.notes());
  }

  @Test
  void changedFileGetsNewWeights() {
    Path file = model("m.safetensors", 1);
    ConversionCache cache = cache(1 << 20);
    float[] first = load(file, converted(file, cache), "a");
    model("m.safetensors", 2);
    float[] second = load(file, converted(file, cache), "a");
    assertNotEquals(first[0], second[0]);
    assertArrayEquals(second, load(file, converted(file, cache(0)), "a"));
    assertEquals(2, cache.count());
  }

  @Test
  void leastRecentlyUsedEntriesAreEvicted() throws IOException {
    Path one = model("one.safetensors", 1);
    Path two = model("two.safetensors", 2);
    Path three = model("three.safetensors", 3);
    load(one, converted(one, cache(1 << 20)), "a");
    long each = cache(1 << 20).size();
    ConversionCache two_fit = cache(2 * each + each / 2);
    try (var entries = Files.list(two_fit.folder())) {
      age(entries.findFirst().orElseThrow());
    }
    load(two, converted(two, two_fit), "a");
    load(one, converted(one, two_fit), "a");
    try (var entries = Files.list(two_fit.folder())) {
      // The one used again is young now; the other is made old.
      entries.filter(e -> !e.equals(entry(one, two_fit))).forEach(ConversionTest::age);
    }
    load(three, converted(three, two_fit), "a");
    assertEquals(2, two_fit.count());
    assertTrue(Files.exists(entry(one, two_fit)));
    assertFalse(Files.exists(entry(two, two_fit)));
  }

  @Test
  void entryUseChangesAccessTimeNotModificationTime() throws IOException {
    Path file = model("m.safetensors", 1);
    ConversionCache cache = cache(1 << 20);
    load(file, converted(file, cache), "a");
    try (var entries = Files.list(cache.folder())) {
      Path entry = entries.findFirst().orElseThrow();
      age(entry);
      FileTime changed = Files.getLastModifiedTime(entry);
      load(file, converted(file, cache), "a");
      assertEquals(changed, Files.getLastModifiedTime(entry));
      BasicFileAttributes now = Files.readAttributes(entry, BasicFileAttributes.class);
      assertTrue(now.lastAccessTime().toInstant().isAfter(LONG_AGO));
    }
  }

  private static void age(Path file) {
    try {
      FileTime then = FileTime.from(LONG_AGO);
      Files.getFileAttributeView(file, BasicFileAttributeView.class).setTimes(null, then, null);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The file that loading touches. */
  private Path entry(Path model, ConversionCache cache) {
    ConvertedWeights conversion = converted(model, cache);
    try (TensorStore store = TensorStore.open(model)) {
      Map<String, StoredWeight> places = StoredWeight.all(store.tensors());
      places.put("turned", new StoredWeight("b", 0, Shape.of(30, 20), true));
      places.remove("c");
      return cache.entry(conversion.name("", places));
    }
  }

  /** What was converted before is found again. */
  @Test
  void entryNameIsStable() {
    ConvertedWeights conversion = new ConvertedWeights(DType.BF16, () -> "content", cache(100), 1);
    Map<String, StoredWeight> places = new TreeMap<>();
    places.put("a.weight", new StoredWeight("a", 7, Shape.of(4, 320, 3, 3), false));
    places.put("b", new StoredWeight("b", 0, Shape.of(30, 20), true));
    assertEquals(
        "6d5c607d1f1d9fffb4738869692a03fc9db7b8893fd9889ba2c206ea808c3308",
        conversion.name("", places));
  }

  @Test
  void unusableCacheIsNotedAndWeightsLoadAnyway() throws IOException {
    Path file = model("m.safetensors", 1);
    Path occupied = Files.writeString(temporary.resolve("occupied"), "a file, no folder");
    for (ConversionCache cache : List.of(new ConversionCache(occupied, 1 << 20), cache(100))) {
      ConvertedWeights conversion = converted(file, cache);
      assertArrayEquals(load(file, converted(file, cache(0)), "a"), load(file, conversion, "a"));
      assertEquals(1, conversion.notes().size());
      assertTrue(conversion.notes().get(0).contains("are not kept"), conversion.notes().get(0));
    }
  }

  @Test
  void aHashIsRememberedUntilTheFileChanges() throws IOException {
    Path file = model("m.safetensors", 1);
    KnownHashes known = new KnownHashes(temporary.resolve("hashes"));
    String hash = known.of(List.of(file));
    assertEquals(FileHashes.sha256(file), hash);
    // It is too young to be remembered, as it could change again within the same tick.
    assertFalse(Files.exists(temporary.resolve("hashes")));
    Path old = Path.of("src/test/resources/dev/lora4j/core/train/optimizers.safetensors");
    assertEquals(FileHashes.sha256(old), known.of(List.of(old)));
    assertEquals(1, entries().size());
    // What is remembered is believed.
    String lie = "0".repeat(64);
    Path entry = entries().get(0);
    Files.writeString(entry, Files.readString(entry).replace(FileHashes.sha256(old), lie));
    assertEquals(lie, known.of(List.of(old)));
    // Of another size, time or beginning it is another file.
    List<String> lines = Files.readAllLines(entry);
    String[] sign = lines.get(0).split(" ", -1);
    for (int field = 0; field < sign.length; field++) {
      String[] other = sign.clone();
      other[field] = "other";
      Files.writeString(entry, String.join(" ", other) + "\n" + lie + "\n" + old + "\n");
      assertEquals(FileHashes.sha256(old), known.of(List.of(old)), sign[field]);
    }
  }

  private List<Path> entries() throws IOException {
    try (var entries = Files.list(temporary.resolve("hashes"))) {
      return entries.toList();
    }
  }

  @Test
  void theSizeOfTheCacheIsANumber() {
    assertEquals(1.5, ConversionCache.gigabytes(" 1.5 "));
    assertThrows(ModelException.class, () -> ConversionCache.gigabytes("lots"));
    assertThrows(ModelException.class, () -> ConversionCache.gigabytes("-1"));
  }
}
