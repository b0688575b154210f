package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer that is killed leaves the old file or the new one, whole. */
class KilledWriterTest {
  private static final int LENGTH = 4 << 20;
  private static final int KILLS = 20;

  @TempDir Path folder;

  /** What the child process does: rewrite one file for ever, each time with another content. */
  static final class Child {
    public static void main(String[] args) {
      Path file = Path.of(args[0]);
      for (int generation = Integer.parseInt(args[1]); ; generation++) {
        write(file, generation);
      }
    }
  }

  private static void write(Path file, int generation) {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add("generation", DType.I32, Shape.of(), ByteBuffer.allocate(4).putInt(0, generation));
    byte[] data = new byte[LENGTH];
    Arrays.fill(data, (byte) generation);
    // Small pieces give the killer more places to strike.
    writer.add(
        "data",
        DType.U8,
        Shape.of(LENGTH),
        out -> {
          for (int at = 0; at < LENGTH; at += 1 << 16) {
            out.write(ByteBuffer.wrap(data, at, 1 << 16));
          }
        });
    writer.write(file);
  }

  @Test
  void leavesAWholeFile() throws IOException, InterruptedException {
    Path file = folder.resolve("a.safetensors");
    write(file, 0);
    Random random = new Random(11);
    int generation = 0;
    int advanced = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Process child = start(file, generation + 1);
      // The first change shows that the child is at work; then it is killed at any point.
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (generationOf(file) == generation && System.nanoTime() < deadline) {
        Thread.sleep(1);
      }
      TimeUnit.MICROSECONDS.sleep(random.nextInt(30_000));
      assertTrue(child.isAlive(), "the child failed");
      child.destroyForcibly().waitFor();
      int now = generationOf(file);
      advanced += now > generation ? 1 : 0;
      generation = now;
    }
    assertEquals(KILLS, advanced);
  }

  private static Process start(Path file, int generation) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            file.toString(),
            Integer.toString(generation))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Checks the whole file. */
  private static int generationOf(Path file) throws IOException {
    assertTrue(Files.exists(file));
    try (Safetensors opened = Safetensors.open(file)) {
      int generation = ByteBuffer.wrap(opened.bytes("generation")).getInt();
      byte[] expected = new byte[LENGTH];
      Arrays.fill(expected, (byte) generation);
      assertTrue(Arrays.equals(expected, opened.bytes("data")), "generation " + generation);
      return generation;
    }
  }
}
