package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files far larger than the heap; sparse, so that they take no room on the disk. */
class LargeFileTest {
  private static final int TENSORS = 1_700;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  private Path sparse(String name, String header, long data) throws IOException {
    Path path = folder.resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      byte[] start = TestFiles.file(header);
      file.write(start);
      file.setLength(start.length + data);
    }
    return path;
  }

  @Test
  void readsAndMapsBeyondTwoGigabytes() throws IOException {
    long size = 6L << 30;
    String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[%s],\"data_offsets\":[0,%s]}}";
    Path path = sparse("six.safetensors", header.formatted(size, size), size);
    long[] places = {0, (1L << 31) - 1, 1L << 31, 1L << 32, size - 1};
    try (Safetensors opened = Safetensors.open(path)) {
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
        for (int i = 0; i < places.length; i++) {
          file.seek(opened.absoluteOffset("a") + places[i]);
          file.write(i + 1);
        }
      }
      for (int i = 0; i < places.length; i++) {
        ByteBuffer one = ByteBuffer.allocate(1);
        opened.read("a", places[i], one);
        assertEquals(i + 1, one.get(0));
        assertEquals(i + 1, opened.map("a", places[i], 1).get(0));
      }
      assertEquals(2, opened.map("a", 0, Integer.MAX_VALUE).get() + 1);
      for (Runnable whole :
          new Runnable[] {
            () -> opened.read("a"), () -> opened.bytes("a"), () -> opened.map("a", 0, size)
          }) {
        assertEquals(
            Kind.TENSOR_TOO_LARGE, assertThrows(SafetensorsException.class, whole::run).kind());
      }
    }
  }

  private Path checkpoint(String name, long data) throws IOException {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    long each = data / TENSORS / 8 * 8;
    for (int i = 0; i < TENSORS; i++) {
      header.append(
          ",\"model.diffusion_model.input_blocks.%s.1.transformer_blocks.0.attn1.to_q.weight\":"
              .formatted(i));
      header.append(
          "{\"dtype\":\"F16\",\"shape\":[%s,2,2],\"data_offsets\":[%s,%s]}"
              .formatted(each / 8, each * i, each * (i + 1)));
    }
    return sparse(name, header.append('}').toString(), each * TENSORS);
  }

  @Test
  void opensACheckpointQuicklyAndInLittleHeap() throws IOException {
    Path small = checkpoint("small.safetensors", 1_000_000);
    Path large = checkpoint("large.safetensors", 4L << 30);
    allocatedByOpening(small);
    long ofSmall = allocatedByOpening(small);
    long ofLarge = allocatedByOpening(large);
    // Offsets have more digits in the large file; nothing else may differ.
    assertTrue(ofLarge < ofSmall + 200_000, ofSmall + " and " + ofLarge + " bytes");
    assertTrue(ofLarge < 4_000_000, ofLarge + " bytes");
    assertTrue(fastest(large) < 50_000_000, fastest(large) / 1_000_000 + " ms");
  }

  /** Of the processor's time, since other programs may delay the test. */
  private static long fastest(Path path) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long start = THREADS.getCurrentThreadCpuTime();
      Safetensors.open(path).close();
      best = Math.min(best, THREADS.getCurrentThreadCpuTime() - start);
    }
    return best;
  }

  private static long allocatedByOpening(Path path) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try (Safetensors opened = Safetensors.open(path)) {
      assertEquals(TENSORS, opened.tensors().size());
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
