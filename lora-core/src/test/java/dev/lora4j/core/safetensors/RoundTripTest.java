package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever tensors and strings are written come back, and their order does not matter. */
class RoundTripTest {
  private static Path file = Path.of("");

  @BeforeContainer
  static void make() throws IOException {
    file = Files.createTempFile("round-trip", ".safetensors");
  }

  @AfterContainer
  static void remove() throws IOException {
    Files.delete(file);
  }

  /** Any text that a file can hold: all of Unicode without NUL and halves of pairs. */
  private static Arbitrary<String> text() {
    return Arbitraries.integers()
        .between(1, 0x10ffff)
        .filter(c -> c < 0xd800 || c > 0xdfff)
        .edgeCases(edges -> edges.add((int) '"', (int) '\\', 0x1f, 0x7f, 0xe000, 0xffff, 0x10000))
        .array(int[].class)
        .ofMaxSize(6)
        .map(codePoints -> new String(codePoints, 0, codePoints.length));
  }

  @Provide
  Arbitrary<List<TensorInfo>> tensors() {
    Arbitrary<Shape> shape =
        Arbitraries.longs().between(0, 4).array(long[].class).ofMaxSize(8).map(Shape::of);
    return Combinators.combine(text(), Arbitraries.of(DType.values()), shape)
        .as((name, dtype, s) -> new TensorInfo(name, dtype, s, 0, 0))
        .filter(t -> t.shape().elements() * t.dtype().bits() % 8 == 0)
        .filter(t -> t.shape().elements() < 2_000)
        .list()
        .uniqueElements(TensorInfo::name)
        .ofMaxSize(12);
  }

  @Provide
  Arbitrary<Map<String, String>> strings() {
    return Arbitraries.maps(text(), text()).ofMaxSize(4);
  }

  @Property(tries = 150)
  void comesBack(
      @ForAll("tensors") List<TensorInfo> tensors,
      @ForAll("strings") Map<String, String> metadata,
      @ForAll long seed)
      throws IOException {
    byte[] first = write(tensors, metadata);
    List<TensorInfo> shuffled = new ArrayList<>(tensors);
    Collections.shuffle(shuffled, new Random(seed));
    assertArrayEquals(first, write(shuffled, metadata));
    try (Safetensors opened = Safetensors.open(file)) {
      assertEquals(metadata, opened.metadata());
      assertEquals(tensors.size(), opened.tensors().size());
      for (TensorInfo expected : tensors) {
        TensorInfo found = opened.tensors().get(expected.name());
        assertEquals(expected.dtype(), found.dtype());
        assertEquals(expected.shape(), found.shape());
        assertArrayEquals(GoldenTest.pattern(expected), opened.bytes(expected.name()));
      }
    }
  }

  private static byte[] write(List<TensorInfo> tensors, Map<String, String> metadata)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter().metadata(metadata);
    tensors.forEach(t -> writer.add(t.name(), t.dtype(), t.shape(), GoldenTest.pattern(t)));
    writer.write(file);
    return Files.readAllBytes(file);
  }

  @Property
  void namesAreOrderedAsTheirBytes(@ForAll("names") String a, @ForAll("names") String b) {
    byte[] x = a.getBytes(StandardCharsets.UTF_8);
    byte[] y = b.getBytes(StandardCharsets.UTF_8);
    assertEquals(
        Integer.signum(Arrays.compareUnsigned(x, y)),
        Integer.signum(TensorNames.ORDER.compare(a, b)));
  }

  @Provide
  Arbitrary<String> names() {
    return text();
  }
}
