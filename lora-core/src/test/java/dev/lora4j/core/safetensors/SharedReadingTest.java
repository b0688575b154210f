package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One opened file among several threads, interrupted ones too, and after it was closed. */
class SharedReadingTest {
  @TempDir Path folder;
  private final byte[] content = new byte[3 << 20];
  private Path file;

  @BeforeEach
  void write() {
    new Random(5).nextBytes(content);
    file = folder.resolve("a.safetensors");
    new SafetensorsWriter().add("a", DType.U8, Shape.of(content.length), content).write(file);
  }

  private static Kind refusal(Runnable reading) {
    return assertThrows(SafetensorsException.class, reading::run).kind();
  }

  @Test
  void interruptedReaderFinishesAndStaysInterrupted() {
    try (Safetensors opened = Safetensors.open(file)) {
      for (int i = 0; i < 3; i++) {
        Thread.currentThread().interrupt();
        assertArrayEquals(content, opened.bytes("a"));
        assertTrue(Thread.interrupted());
      }
      Thread.currentThread().interrupt();
      assertEquals(ByteBuffer.wrap(content), opened.map("a", 0, content.length));
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void interruptsDoNotDisturbOtherReaders() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Safetensors opened = Safetensors.open(file)) {
      List<Future<?>> readers = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        boolean interrupted = t % 2 == 0;
        readers.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 30; i++) {
                    if (interrupted) {
                      Thread.currentThread().interrupt();
                    }
                    ByteBuffer whole =
                        i % 2 == 0 ? opened.read("a") : ByteBuffer.wrap(opened.bytes("a"));
                    assertEquals(ByteBuffer.wrap(content), whole);
                    assertEquals(interrupted, Thread.interrupted());
                  }
                }));
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void noticesThatTheFileWasReplaced() {
    try (Safetensors opened = Safetensors.open(file)) {
      byte[] other = content.clone();
      other[0]++;
      new SafetensorsWriter().add("a", DType.U8, Shape.of(other.length), other).write(file);
      assertArrayEquals(content, opened.bytes("a"), "the open file is still the old one");
      Thread.currentThread().interrupt();
      assertEquals(Kind.FILE_CHANGED, refusal(() -> opened.bytes("a")));
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void noticesThatTheFileWasCut() throws IOException {
    try (Safetensors opened = Safetensors.open(file)) {
      try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
        cut.setLength(1000);
      }
      assertEquals(Kind.FILE_CHANGED, refusal(() -> opened.bytes("a")));
    }
  }

  @Test
  void readingAfterCloseIsRefused() {
    Safetensors opened = Safetensors.open(file);
    MappedByteBuffer mapped = opened.map("a", 1, 2);
    opened.close();
    opened.close();
    assertEquals(Kind.CLOSED, refusal(() -> opened.bytes("a")));
    assertEquals(content[1], mapped.get(0), "mappings outlive the file that made them");
    assertEquals(1, opened.tensors().size());
  }

  @Test
  void partialReadsOutsideTheTensorAreRefused() {
    try (Safetensors opened = Safetensors.open(file)) {
      ByteBuffer part = ByteBuffer.allocate(10).position(2).limit(6);
      opened.read("a", 5, part);
      assertEquals(6, part.position());
      assertEquals(content[8], part.get(5));
      long length = content.length;
      assertEquals(Kind.OUT_OF_RANGE, refusal(() -> opened.map("a", length, 1)));
      assertEquals(Kind.OUT_OF_RANGE, refusal(() -> opened.map("a", -1, 1)));
      assertEquals(Kind.OUT_OF_RANGE, refusal(() -> opened.map("a", 1, Long.MAX_VALUE)));
      assertEquals(Kind.OUT_OF_RANGE, refusal(() -> opened.map("a", Long.MAX_VALUE, 1)));
      assertEquals(
          Kind.OUT_OF_RANGE, refusal(() -> opened.read("a", length - 3, ByteBuffer.allocate(4))));
      assertEquals(Kind.NO_SUCH_TENSOR, refusal(() -> opened.bytes("b")));
      assertEquals(Kind.NO_SUCH_TENSOR, refusal(() -> opened.fileOf("b")));
      assertEquals(file, opened.fileOf("a"));
    }
  }

  @Test
  void foldersAndMissingFilesAreRefused() throws IOException {
    assertEquals(Kind.IO, refusal(() -> Safetensors.open(folder).close()));
    assertEquals(Kind.IO, refusal(() -> Safetensors.open(folder.resolve("none")).close()));
    Path device = Path.of("/dev/zero");
    if (Files.exists(device)) {
      assertEquals(Kind.IO, refusal(() -> Safetensors.open(device).close()));
    }
  }
}
