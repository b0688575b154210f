package dev.lora4j.core.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
  @TempDir private Path temporary;

  private static TrainingCheckpoint at(int step) {
    float[] weights = new float[40];
    Arrays.fill(weights, step + 0.25f);
    return new TrainingCheckpoint(
        Map.of(
            "weights", HostTensor.of(Shape.of(40), weights),
            "steps", HostTensor.of(Shape.of(), new float[] {step})),
        "Lion",
        "abc",
        LossScale.FIRST,
        step / 8.0,
        Map.of("best", "0.5"));
  }

  private CheckpointFolder folder(int keep) {
    return new CheckpointFolder(temporary.resolve("run/checkpoints"), keep);
  }

  private Path file(String name) {
    return temporary.resolve("run/checkpoints").resolve(name);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(file("."))) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  private static void assertNewest(int step, CheckpointFolder folder) {
    assertEquals(at(step), folder.newest().checkpoint().orElseThrow());
  }

  @Test
  void newestAndBestCheckpointsStay() throws IOException {
    CheckpointFolder folder = folder(2);
    assertEquals(List.of(), folder.newest().damaged());
    assertTrue(folder.newest().checkpoint().isEmpty());
    for (int step : new int[] {0, 90, 100, 1_000_000}) {
      folder.write(at(step), step);
      assertNewest(step, folder);
      folder.writeBeside(at(90), "best.safetensors");
    }
    assertEquals(
        List.of("best.safetensors", "step-000100.safetensors", "step-1000000.safetensors"),
        names());
    assertEquals(at(90), TrainingCheckpoint.read(file("best.safetensors")));
  }

  @Test
  void equalCheckpointsAreEqualFiles() throws IOException {
    Path one = folder(1).write(at(7), 7);
    Path other = new CheckpointFolder(temporary.resolve("other"), 3).write(at(7), 7);
    assertArrayEquals(Files.readAllBytes(one), Files.readAllBytes(other));
  }

  @Test
  void truncatedCheckpointIsSkippedAndReported() throws IOException {
    CheckpointFolder folder = folder(2);
    folder.write(at(1), 1);
    byte[] whole = Files.readAllBytes(folder.write(at(2), 2));
    for (int length = 0; length < whole.length; length += 3) {
      assertPassedOver(folder, Arrays.copyOf(whole, length));
    }
  }

  @Test
  void checkpointWithFlippedBitIsSkippedAndReported() throws IOException {
    CheckpointFolder folder = folder(2);
    folder.write(at(1), 1);
    byte[] whole = Files.readAllBytes(folder.write(at(2), 2));
    for (int i = 0; i < whole.length; i++) {
      byte[] flipped = whole.clone();
      flipped[i] ^= (byte) (1 << i % 8);
      assertPassedOver(folder, flipped);
    }
  }

  private void assertPassedOver(CheckpointFolder folder, byte[] content) throws IOException {
    Files.write(file("step-000002.safetensors"), content);
    CheckpointFolder.Newest newest = folder.newest();
    assertEquals(at(1), newest.checkpoint().orElseThrow());
    assertEquals(1, newest.damaged().size());
    assertTrue(
        newest.damaged().get(0).contains("step-000002.safetensors"), newest.damaged()::toString);
  }

  @Test
  void filesThatAreNoCheckpointAreSkipped() throws IOException {
    CheckpointFolder folder = folder(1);
    folder.write(at(3), 3);
    Files.writeString(file("step-000004.safetensors"), "<html>not found</html>");
    Files.createDirectory(file("step-000005.safetensors"));
    Files.writeString(file("step-6.safetensors"), "not of this folder");
    CheckpointFolder.Newest newest = folder.newest();
    assertEquals(at(3), newest.checkpoint().orElseThrow());
    assertEquals(2, newest.damaged().size());
    assertTrue(
        newest.damaged().get(0).contains("step-000005.safetensors"), newest.damaged()::toString);
  }

  @Test
  void laterDamagedCheckpointsAreDeletedIntactOnesStay() throws IOException {
    CheckpointFolder folder = folder(1);
    folder.write(at(9), 9);
    Files.writeString(file("step-000008.safetensors"), "cut");
    folder.write(at(5), 5);
    folder.write(at(6), 6);
    assertEquals(List.of("step-000006.safetensors", "step-000009.safetensors"), names());
  }

  @Test
  void aWritingThatFailsLeavesTheOlderOnes() throws IOException {
    CheckpointFolder folder = folder(1);
    folder.write(at(1), 1);
    // A folder with content cannot be replaced, whoever asks.
    Files.createDirectories(file("step-000002.safetensors/inside"));
    String message =
        assertThrows(SafetensorsException.class, () -> folder.write(at(2), 2)).getMessage();
    assertTrue(message.contains("step-000002.safetensors"), message);
    assertEquals(List.of("step-000001.safetensors", "step-000002.safetensors"), names());
    assertNewest(1, folder);
  }

  @Test
  void uncreatableFolderIsNamed() throws IOException {
    Files.writeString(temporary.resolve("run"), "a file");
    String message =
        assertThrows(UncheckedIOException.class, () -> folder(1).write(at(1), 1)).getMessage();
    assertTrue(message.contains(temporary.resolve("run").toString()), message);
    assertTrue(folder(1).newest().checkpoint().isEmpty());
  }

  @Test
  void temporaryFilesAreRemovedAfterAnHour() throws IOException {
    folder(1).write(at(1), 1);
    Path old = file(".step-000002.safetensors.0a1b.tmp");
    Path recent = file(".step-000003.safetensors.0a1b.tmp");
    Path foreign = file(".other.safetensors.0a1b.tmp");
    for (Path leftover : List.of(old, recent, foreign)) {
      Files.writeString(leftover, "half");
    }
    FileTime before = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
    Files.setLastModifiedTime(old, before);
    Files.setLastModifiedTime(foreign, before);
    folder(1).write(at(4), 4);
    assertEquals(
        List.of(
            ".other.safetensors.0a1b.tmp",
            ".step-000003.safetensors.0a1b.tmp",
            "step-000004.safetensors"),
        names());
  }

  @Test
  void requestsThatMakeNoSenseAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> folder(0));
    assertThrows(IllegalArgumentException.class, () -> folder(1).write(at(1), -1));
    for (String name : new String[] {"step-000001.safetensors", "../best.safetensors"}) {
      assertThrows(IllegalArgumentException.class, () -> folder(1).writeBeside(at(1), name));
    }
  }
}
