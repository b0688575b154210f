package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Byte for byte the files of the reference writer. Made by {@code
 * src/test/golden/safetensors_golden.py}, which says how the tensors' bytes follow from their
 * names.
 */
class GoldenTest {
  @TempDir Path folder;

  /** What golden.tsv says of one file. */
  record Content(Map<String, String> metadata, List<TensorInfo> tensors) {}

  static Map<String, Content> contents() throws IOException {
    Map<String, Content> contents = new LinkedHashMap<>();
    Gson gson = new Gson();
    for (String line : Files.readAllLines(TestFiles.resource("golden/golden.tsv"))) {
      String[] c = line.split("\t", -1);
      Content content =
          contents.computeIfAbsent(
              c[0], f -> new Content(new LinkedHashMap<>(), new ArrayList<>()));
      String name = gson.fromJson(c[2], String.class);
      if (c[1].equals("meta")) {
        content.metadata.put(name, gson.fromJson(c[3], String.class));
      } else {
        Shape shape = Shape.of(gson.fromJson(c[4], long[].class));
        content.tensors.add(new TensorInfo(name, DType.valueOf(c[3]), shape, 0, 0));
      }
    }
    return contents;
  }

  static List<Path> files() {
    return TestFiles.list("golden").stream().filter(f -> f.toString().endsWith("tensors")).toList();
  }

  static byte[] pattern(TensorInfo tensor) {
    byte[] bytes = new byte[Math.toIntExact(tensor.dtype().bytes(tensor.shape().elements()))];
    int seed = tensor.name().getBytes(StandardCharsets.UTF_8).length;
    for (int i = 0; i < bytes.length; i++) {
      int value = (31 * i + seed) % 251;
      bytes[i] = (byte) (tensor.dtype() == DType.BOOL ? value % 2 : value);
    }
    return bytes;
  }

  private static Content contentOf(Path golden) throws IOException {
    return contents()
        .getOrDefault(golden.getFileName().toString(), new Content(Map.of(), List.of()));
  }

  @ParameterizedTest
  @MethodSource("files")
  void writesTheSameBytes(Path golden) throws IOException {
    Content content = contentOf(golden);
    List<TensorInfo> shuffled = new ArrayList<>(content.tensors);
    Collections.shuffle(shuffled, new Random(1));
    SafetensorsWriter writer = new SafetensorsWriter().metadata(content.metadata);
    shuffled.forEach(t -> writer.add(t.name(), t.dtype(), t.shape(), pattern(t)));
    Path ours = folder.resolve("ours.safetensors");
    writer.write(ours);
    assertArrayEquals(Files.readAllBytes(golden), Files.readAllBytes(ours));
  }

  @ParameterizedTest
  @MethodSource("files")
  void readsTheSameTensors(Path golden) throws IOException {
    Content content = contentOf(golden);
    try (Safetensors opened = Safetensors.open(golden)) {
      assertEquals(content.metadata, opened.metadata());
      assertEquals(content.tensors.size(), opened.tensors().size());
      for (TensorInfo expected : content.tensors) {
        TensorInfo found = opened.tensors().get(expected.name());
        assertEquals(expected.dtype(), found.dtype());
        assertEquals(expected.shape(), found.shape());
        assertArrayEquals(pattern(expected), opened.bytes(expected.name()));
        int width = Math.max(1, found.dtype().bits() / 8);
        assertEquals(0, opened.absoluteOffset(expected.name()) % width, "aligned to its elements");
      }
    }
  }

  @Test
  void coverEveryTypeThatPythonCanWrite() throws IOException {
    List<DType> found =
        contents().get("every-dtype.safetensors").tensors.stream()
            .map(TensorInfo::dtype)
            .distinct()
            .toList();
    // The package has no name for the six-bit types; their files are in the corpus.
    assertEquals(DType.values().length - 2, found.size());
  }

  /** The reference keeps several entries in random order; ours is sorted by UTF-8 bytes. */
  @Test
  void sortsMetadata() throws IOException {
    Path file = folder.resolve("m.safetensors");
    new SafetensorsWriter()
        .metadata(Map.of("b", "1", "a", "2", "\ue000", "3", "\ud83d\ude00", "4"))
        .write(file);
    String text = Files.readString(file).substring(8).strip();
    assertEquals(
        "{\"__metadata__\":{\"a\":\"2\",\"b\":\"1\",\"\ue000\":\"3\",\"\ud83d\ude00\":\"4\"}}",
        text);
  }
}
