package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Headers that are too large to be kept in the corpus. */
class LimitsTest {
  @TempDir Path folder;

  @FunctionalInterface
  private interface Text {
    void to(BufferedWriter out) throws IOException;
  }

  private Path fileWith(Text header) throws IOException {
    Path path = folder.resolve("large.safetensors");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        Writer out = Channels.newWriter(file.getChannel().position(8), StandardCharsets.UTF_8);
        BufferedWriter buffered = new BufferedWriter(out, 1 << 20)) {
      header.to(buffered);
      buffered.flush();
      long length = file.length() - 8;
      file.seek(0);
      file.writeLong(Long.reverseBytes(length));
    }
    return path;
  }

  private static Kind refusal(Path file) {
    return assertThrows(SafetensorsException.class, () -> Safetensors.open(file).close()).kind();
  }

  private static void tensors(BufferedWriter out, int count) throws IOException {
    out.write("{");
    for (int i = 0; i < count; i++) {
      out.write(i == 0 ? "\"" : ",\"");
      out.write(Integer.toString(i, 36));
      out.write("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
    }
    out.write("}");
  }

  @Test
  @Tag("slow")
  void refusesMoreThanAMillionTensors() throws IOException {
    assertEquals(Kind.TOO_MANY_TENSORS, refusal(fileWith(out -> tensors(out, 1_000_001))));
  }

  @Test
  void refusesAFloodOfMetadata() throws IOException {
    Path file =
        fileWith(
            out -> {
              out.write("{\"__metadata__\":{\"\":\"\"");
              for (int i = 0; i < 100_000; i++) {
                out.write(",\"" + Integer.toString(i, 36) + "\":\"\"");
              }
              out.write("}}");
            });
    assertEquals(Kind.TOO_MUCH_METADATA, refusal(file));
  }

  @Test
  @Tag("slow")
  void readsTheLongestHeaderAllowed() throws IOException {
    String padding = " ".repeat(100_000_000 - 2);
    try (Safetensors opened = Safetensors.open(fileWith(out -> out.append("{}").append(padding)))) {
      assertEquals(0, opened.tensors().size());
    }
  }

  @Test
  @Tag("slow")
  void refusesToWriteALongerHeader() {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.metadata(Map.of("long", "x".repeat(100_000_000)));
    assertEquals(Kind.HEADER_TOO_LARGE, refusedWriting(() -> writer.write(folder.resolve("x"))));
  }

  @Test
  void writingBeyondReaderLimitsIsRefused() {
    Map<String, String> flood = new TreeMap<>();
    for (int i = 0; i <= 100_000; i++) {
      flood.put(Integer.toString(i), "");
    }
    assertEquals(
        Kind.TOO_MUCH_METADATA, refusedWriting(() -> new SafetensorsWriter().metadata(flood)));
    SafetensorsWriter wide = new SafetensorsWriter();
    wide.add("a", DType.U8, Shape.of((1L << 48) - 1), out -> {});
    wide.add("b", DType.U8, Shape.of(1), out -> {});
    assertEquals(Kind.BAD_SIZE, refusedWriting(() -> wide.write(folder.resolve("x"))));
  }

  private static Kind refusedWriting(Runnable writing) {
    return assertThrows(SafetensorsException.class, writing::run).kind();
  }
}
