package dev.lora4j.core.train.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.spi.ExtensionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrackersTest {
  @TempDir private Path folder;

  private final List<String> told = new ArrayList<>();

  private static TrackedRun.Step step(int number) {
    return new TrackedRun.Step(number, 0.5, 2, 1e-4, OptionalDouble.empty(), 1, Map.of(), Map.of());
  }

  private RunStart start() {
    return new RunStart("ink", folder, 0, Map.of());
  }

  /** Throws at the step with this number; 0 for already at the beginning. */
  private static Tracker failing(int at, List<Integer> heard) {
    return run -> {
      if (at == 0) {
        throw new IllegalStateException("no server");
      }
      return new TrackedRun() {
        @Override
        public void step(Step done) {
          heard.add(done.step());
          if (done.step() == at) {
            throw new NoSuchMethodError("gone");
          }
        }

        @Override
        public void end(Optional<String> failure) {
          heard.add(-1);
        }
      };
    };
  }

  @Test
  void failingTrackerIsReportedOnceAndDropped() throws IOException {
    List<Integer> heard = new ArrayList<>();
    Map<String, Tracker> all = new LinkedHashMap<>();
    all.put("early", failing(0, heard));
    all.put("late", failing(2, heard));
    all.put("csv", new CsvTracker());
    Trackers trackers = Trackers.begin(all, start(), told::add);
    for (int i = 1; i <= 4; i++) {
      trackers.step(step(i));
    }
    trackers.end(Optional.empty());
    assertEquals(List.of(1, 2), heard);
    assertEquals(2, told.size());
    assertTrue(told.get(0).contains("early") && told.get(0).contains("no server"), told.get(0));
    assertTrue(told.get(1).contains("late") && told.get(1).contains("gone"), told.get(1));
    assertEquals(5, Files.readAllLines(folder.resolve(CsvTracker.FILE)).size());
  }

  @Test
  void endIsReportedOnce() {
    List<Integer> heard = new ArrayList<>();
    Trackers trackers = Trackers.begin(Map.of("one", failing(9, heard)), start(), told::add);
    trackers.end(Optional.of("stopped"));
    trackers.end(Optional.empty());
    assertEquals(List.of(-1), heard);
    assertEquals(List.of(), told);
  }

  @Test
  void trackersAreExtensions() {
    Map<String, Tracker> made = Trackers.named(List.of("tensorboard", "csv"));
    assertEquals(new TensorBoardTracker(), made.get("tensorboard"));
    assertEquals(new CsvTracker(), made.get("csv"));
    ExtensionException thrown =
        assertThrows(ExtensionException.class, () -> Trackers.named(List.of("cvs")));
    assertTrue(String.valueOf(thrown.getMessage()).contains("csv"), thrown.getMessage());
  }

  @Test
  void previewsAreInTheEventsWithTheirSize() throws IOException {
    Path png = folder.resolve("preview.png");
    // The signature, length and name of the first chunk, then width and height.
    byte[] header = new byte[24];
    header[19] = 7;
    header[23] = 5;
    Files.write(png, header);
    TrackedRun run = new TensorBoardTracker().begin(start());
    run.preview(3, png);
    run.end(Optional.empty());
    try (var files = Files.list(folder.resolve(TensorBoardTracker.FOLDER))) {
      String bytes =
          new String(
              Files.readAllBytes(files.findFirst().orElseThrow()),
              java.nio.charset.StandardCharsets.ISO_8859_1);
      // Fields 1 to 3 of an image: height, width, colours.
      assertTrue(bytes.contains("\b\u0005\u0010\u0007\u0018\u0003"), bytes);
    }
  }
}
