package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuredChoicesTest {
  @TempDir private Path folder;

  private Packing asked(String kind, Supplier<Packing> measure) {
    return new MeasuredChoices(folder.resolve("new/compute.properties"))
        .remembered(kind, Packing::parse, Packing::text, measure);
  }

  @Test
  void firstMeasurementIsRemembered() {
    assertEquals(Packing.ALWAYS, asked("a kind: F32", () -> Packing.ALWAYS));
    assertEquals(Packing.NEVER, asked("another", () -> Packing.NEVER));
    assertEquals(Packing.ALWAYS, asked("a kind: F32", () -> Packing.NEVER));
  }

  @Test
  void concurrentMeasurementFollowsTheFirst() {
    Packing late =
        asked(
            "kind",
            () -> {
              asked("kind", () -> Packing.square(8));
              return Packing.ALWAYS;
            });
    assertEquals(Packing.square(8), late);
  }

  @Test
  void unreadableChoiceIsMeasuredAgain() throws Exception {
    Path file = folder.resolve("compute.properties");
    Files.writeString(file, "kind=perhaps\n");
    Optional<Packing> found =
        Optional.of(
            new MeasuredChoices(file)
                .remembered("kind", Packing::parse, Packing::text, () -> Packing.NEVER));
    assertEquals(Optional.of(Packing.NEVER), found);
    assertEquals(1, Files.readAllLines(file).stream().filter("kind=never"::equals).count());
  }
}
