package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the writer refuses, and that a failed or interrupted writing does no harm. */
class WriterTest {
  private static final byte[] OLD = {1, 2, 3};

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void oldFile() throws IOException {
    file = Files.write(folder.resolve("a.safetensors"), OLD);
  }

  private static Kind refusal(Runnable writing) {
    return assertThrows(SafetensorsException.class, writing::run).kind();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private static Kind adding(String name, Shape shape) {
    return refusal(() -> new SafetensorsWriter().add(name, DType.U8, shape, new byte[1]));
  }

  @Test
  void tensorsThatNoReaderAcceptsAreRefused() {
    assertEquals(Kind.BAD_NAME, adding("a\0", Shape.of(1)));
    assertEquals(Kind.BAD_TEXT, adding("\ud800", Shape.of(1)));
    assertEquals(Kind.BAD_NAME, adding("__metadata__", Shape.of(1)));
    assertEquals(Kind.TOO_MANY_DIMENSIONS, adding("a", Shape.of(1, 1, 1, 1, 1, 1, 1, 1, 1)));
    assertEquals(Kind.BAD_SIZE, adding("a", Shape.of(Shape.UNKNOWN)));
    assertEquals(Kind.BAD_SIZE, adding("a", Shape.of(1L << 48)));
    SafetensorsWriter writer = new SafetensorsWriter();
    assertEquals(Kind.BAD_NAME, refusal(() -> writer.metadata(Map.of("\0", ""))));
    assertEquals(Kind.BAD_TEXT, refusal(() -> writer.metadata(Map.of("a", "\udc00"))));
    writer.add("a", DType.F4, Shape.of(3), new byte[2]);
    assertEquals(
        Kind.DUPLICATE_NAME, refusal(() -> writer.add("a", DType.U8, Shape.of(1), new byte[1])));
    assertEquals(Kind.PARTIAL_BYTE, refusal(() -> writer.write(file)));
  }

  @Test
  void sourceOfWrongLengthLeavesTheOldFile() throws IOException {
    for (int length : new int[] {0, 3, 5}) {
      SafetensorsWriter writer = new SafetensorsWriter();
      writer.add("good", DType.F64, Shape.of(1), new byte[8]);
      writer.add("bad", DType.F32, Shape.of(1), new byte[length]);
      assertEquals(Kind.WRONG_LENGTH, refusal(() -> writer.write(file)));
    }
    SafetensorsWriter endless = new SafetensorsWriter();
    endless.add(
        "a",
        DType.U8,
        Shape.of(10),
        out -> {
          while (true) {
            out.write(ByteBuffer.allocate(1));
          }
        });
    assertEquals(Kind.WRONG_LENGTH, refusal(() -> endless.write(file)));
    assertArrayEquals(OLD, Files.readAllBytes(file));
    assertEquals(List.of("a.safetensors"), names());
  }

  @Test
  void exceptionOfASourceIsThrownOn() throws IOException {
    IllegalStateException failure = new IllegalStateException("the source failed");
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add(
        "a",
        DType.U8,
        Shape.of(1),
        () -> {
          throw failure;
        });
    assertSame(failure, assertThrows(IllegalStateException.class, () -> writer.write(file)));
    assertArrayEquals(OLD, Files.readAllBytes(file));
    assertEquals(List.of("a.safetensors"), names());
  }

  @Test
  void sourcesAreReadWhileWritingInFileOrder() {
    List<String> asked = new ArrayList<>();
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String name : List.of("b", "c", "a")) {
      writer.add(
          name,
          DType.U8,
          Shape.of(1),
          () -> {
            asked.add(name);
            return ByteBuffer.allocate(1);
          });
    }
    assertEquals(List.of(), asked);
    writer.write(file);
    writer.write(file);
    assertEquals(List.of("a", "b", "c", "a", "b", "c"), asked);
  }

  @Test
  void writesOnThoughInterrupted() {
    Thread.currentThread().interrupt();
    new SafetensorsWriter().add("a", DType.U8, Shape.of(1), new byte[] {7}).write(file);
    try (Safetensors opened = Safetensors.open(file)) {
      assertEquals(7, opened.bytes("a")[0]);
    }
    assertTrue(Thread.interrupted(), "the interrupt is still there for the caller");
  }

  @Test
  void leavesOpenReadersTheOldFile() {
    new SafetensorsWriter().add("a", DType.U8, Shape.of(1), new byte[] {1}).write(file);
    try (Safetensors before = Safetensors.open(file)) {
      new SafetensorsWriter().add("a", DType.U8, Shape.of(1), new byte[] {2}).write(file);
      assertEquals(1, before.bytes("a")[0]);
    }
  }

  @Test
  void copiesFromAnotherFileWhileWriting() {
    Path source = folder.resolve("source.safetensors");
    new SafetensorsWriter().add("a", DType.U8, Shape.of(3), new byte[] {1, 2, 3}).write(source);
    try (Safetensors opened = Safetensors.open(source)) {
      new SafetensorsWriter()
          .add("copy", DType.U8, Shape.of(3), () -> opened.read("a"))
          .write(file);
    }
    try (Safetensors copy = Safetensors.open(file)) {
      assertArrayEquals(new byte[] {1, 2, 3}, copy.bytes("copy"));
    }
  }

  @Test
  void oldTemporaryFilesAreRemoved() throws IOException {
    Path old = Files.createFile(folder.resolve(".a.safetensors.0123456789abcdef.tmp"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    Path fresh = Files.createFile(folder.resolve(".a.safetensors.fedcba9876543210.tmp"));
    Path other = Files.createFile(folder.resolve(".a.safetensors.notes.tmp"));
    Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));
    new SafetensorsWriter().write(file);
    assertEquals(
        List.of(fresh.getFileName().toString(), other.getFileName().toString(), "a.safetensors"),
        names().stream().sorted((a, b) -> a.compareTo(b)).toList());
  }

  @Test
  void namesTheFileThatCannotBeWritten() {
    Path missing = folder.resolve("no-folder").resolve("a.safetensors");
    SafetensorsException refusal =
        assertThrows(SafetensorsException.class, () -> new SafetensorsWriter().write(missing));
    assertEquals(Kind.IO, refusal.kind());
    assertEquals(missing + " cannot be written: no such file or folder.", refusal.getMessage());
  }
}
