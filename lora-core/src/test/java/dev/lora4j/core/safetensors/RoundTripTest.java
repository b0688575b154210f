package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read again. */
class RoundTripTest {
  @TempDir Path folder;

  @Test
  void readsWhatWasWritten() {
    Path file = folder.resolve("a.safetensors");
    new SafetensorsWriter()
        .metadata(Map.of("format", "pt"))
        .add("b", DType.F16, Shape.of(3), new byte[] {1, 2, 3, 4, 5, 6})
        .add("a", DType.F32, Shape.of(), new byte[] {7, 8, 9, 10})
        .add("none", DType.F32, Shape.of(0, 4), new byte[0])
        .write(file);
    try (Safetensors read = Safetensors.open(file)) {
      assertEquals(List.of("a", "none", "b"), List.copyOf(read.tensors().keySet()));
      assertEquals(Map.of("format", "pt"), read.metadata());
      assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6}, read.bytes("b"));
      assertEquals(0x0a090807, read.read("a").getInt());
      assertEquals(0x0a090807, read.map("a", 0, 4).getInt());
      assertEquals(Shape.of(0, 4), read.tensors().get("none").shape());
      assertEquals(0, read.bytes("none").length);
    }
  }
}
