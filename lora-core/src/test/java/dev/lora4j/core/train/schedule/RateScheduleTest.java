package dev.lora4j.core.train.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RateScheduleTest {
  private static final Path GOLDEN =
      Path.of("src/test/resources/dev/lora4j/core/train/schedules.tsv");

  @Test
  void factorsAreThoseOfDiffusersAndTransformers() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String line : Files.readAllLines(GOLDEN)) {
      String[] cells = line.split("\t", -1);
      RateSchedule schedule =
          RateSchedule.of(decay(cells), Long.parseLong(cells[1]))
              .warmupSteps(Long.parseLong(cells[2]))
              .minimum(Double.parseDouble(cells[5]));
      for (int i = 6; i < cells.length; i++) {
        assertEquals(Double.parseDouble(cells[i]), schedule.factor(i - 6L), 1e-12, line);
      }
      names.add(cells[0]);
    }
    assertEquals(new TreeSet<>(Decays.all().stream().map(Decay::name).toList()), names);
  }

  private static Decay decay(String[] cells) {
    return switch (cells[0]) {
      case "cosine_with_restarts" -> Decays.named(cells[0], Map.of("cycles", cells[3]));
      case "polynomial" -> Decays.named(cells[0], Map.of("power", cells[4]));
      default -> Decays.named(cells[0]);
    };
  }

  @Test
  void rateStaysAtItsFinalValue() {
    for (Decay decay : Decays.all()) {
      RateSchedule schedule = RateSchedule.of(decay, 30).minimum(0.1);
      assertEquals(schedule.factor(30), schedule.factor(31), 1e-12);
      assertEquals(schedule.factor(30), schedule.factor(1000), 1e-12);
      assertEquals(decay.name().startsWith("constant") ? 1 : 0.1, schedule.factor(30), 1e-12);
    }
  }

  @Test
  void warmUpIsATenthByDefault() {
    assertEquals(3, RateSchedule.of(new Cosine(), 39).warmup());
    assertEquals(0, RateSchedule.of(Decays.named("constant"), 39).warmup());
    assertEquals(19, RateSchedule.of(new Linear(), 39).warmupPart(0.5).warmup());
  }

  @Test
  void invalidSchedulesAreRefusedWithARemedy() {
    refused("constant_with_warmup", () -> RateSchedule.of(new Constant(), 9).warmupSteps(2));
    refused("run of 9", () -> RateSchedule.of(new Cosine(), 9).warmupSteps(10));
    refused("0 to 1", () -> RateSchedule.of(new Cosine(), 9).warmupPart(1.5));
    refused("found 2.0", () -> RateSchedule.of(new Cosine(), 9).minimum(2));
    refused("found 0", () -> RateSchedule.of(new Cosine(), 0));
    refused("found 0", () -> new CosineWithRestarts(0));
    refused("found -1.0", () -> new Polynomial(-1));
    refused("from 0, found -1", () -> RateSchedule.of(new Cosine(), 9).factor(-1));
    refused("Did you mean cosine?", () -> Decays.named("cosin"));
    refused(
        "cosine_with_restarts: cycles takes",
        () -> Decays.named("cosine_with_restarts", Map.of("cycles", 0)));
  }

  private static void refused(String text, Runnable mistake) {
    String message = assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    assertTrue(message.contains(text), message);
  }
}
