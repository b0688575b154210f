package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.TwoLayers.Rows;
import dev.lora4j.core.train.schedule.Cosine;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The factors with the least loss on what is held out, where not all goes well. */
class KeepBestTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("tests");
  private static final int STEPS = 40;
  private static final String LAST = "Taken are the factors of step 40, the last one.";

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    SCOPE.close();
    ENGINE.close();
  }

  /** Training goes to twice the input, by way of half of it, which is what is held out. */
  private TrainedAdapter train(boolean resume, boolean keepBest, RunListener listener) {
    TwoLayers task = TwoLayers.of(SCOPE, 2).holdingOut(new Rows(-1, 0.5f, false, 1));
    TrainingSettings settings =
        TrainingSettings.of(AdamW.DEFAULT, 0.05, RateSchedule.of(new Cosine(), STEPS))
            .withSeed(3)
            .withStored(DType.F32);
    CheckpointPolicy keeping =
        CheckpointPolicy.NOTHING
            .in(folder.resolve("kept"))
            .every(4)
            .resume(resume)
            .validateEvery(1)
            .keepBest(keepBest)
            .previewEvery(1);
    return InterruptibleTask.run(
        sign -> {
          try (TrainingLoop loop =
              new TrainingLoop(SCOPE, task, settings, keeping, listener, sign)) {
            return loop.run("toy");
          }
        });
  }

  private static int least(Map<Integer, Double> validated) {
    return validated.entrySet().stream()
        .min(Comparator.comparingDouble(Map.Entry::getValue))
        .orElseThrow()
        .getKey();
  }

  private Path best() {
    return folder.resolve("kept/best.safetensors");
  }

  @Test
  void resumedRunWithoutBestChoosesAmongLaterSteps() {
    Heard first = new Heard(30);
    assertThrows(TrainingInterrupted.class, () -> train(false, false, first));
    assertTrue(Thread.interrupted());
    Heard second = new Heard(0);
    TrainedAdapter trained = train(true, true, second);
    double before = first.validated.values().stream().mapToDouble(d -> d).min().orElseThrow();
    double after = second.validated.values().stream().mapToDouble(d -> d).min().orElseThrow();
    assertTrue(before < after, "the least is among what was not kept");
    assertEquals(least(second.validated), second.result);
    assertEquals(second.previews.get(second.result), trained.adapter().identity());
    assertTrue(
        second.resumed.get(0).contains("until step 30 are not there"), second.resumed::toString);
    assertTrue(second.finished.get(0).contains("step " + second.result), second.finished::toString);
  }

  @Test
  void stoppedRunGivesItsBestOrLastAdapter() {
    for (boolean keepBest : new boolean[] {false, true}) {
      Heard heard = new Heard(30);
      assertThrows(TrainingInterrupted.class, () -> train(false, keepBest, heard));
      assertTrue(Thread.interrupted());
      int step = keepBest ? least(heard.validated) : 30;
      assertEquals(List.of(step + " " + heard.previews.get(step)), heard.stopped);
    }
  }

  @Test
  void runStoppedBeforeAStepGivesNoAdapter() {
    RunListener stopping =
        new RunListener() {
          @Override
          public void step(Step done) {
            throw new IllegalStateException("a step");
          }

          @Override
          public void preview(int step, Adapter adapter) {
            Thread.currentThread().interrupt();
          }

          @Override
          public void stopped(int step, List<String> notes, Adapter adapter) {
            throw new IllegalStateException("an adapter that was not trained");
          }
        };
    assertThrows(TrainingInterrupted.class, () -> train(false, false, stopping));
    assertTrue(Thread.interrupted());
  }

  @Test
  void damagedBestIsReportedAndLastStepUsed() throws Exception {
    Heard whole = new Heard(0);
    train(false, true, whole);
    assertEquals(least(whole.validated), whole.result);
    byte[] bytes = Files.readAllBytes(best());
    bytes[bytes.length - 1] ^= 1;
    Files.write(best(), bytes);
    Heard again = new Heard(0);
    TrainedAdapter trained = train(true, true, again);
    assertEquals(whole.previews.get(STEPS), trained.adapter().identity());
    assertTrue(
        again.resumed.get(0).contains("best.safetensors is damaged"), again.resumed::toString);
    assertTrue(again.finished.contains(LAST), again.finished::toString);
  }

  @Test
  void bestDamagedDuringTheRunCostsNoAdapter() {
    RunListener damaging =
        new RunListener() {
          @Override
          public void step(Step done) {
            if (done.step() == STEPS) {
              try {
                Files.writeString(best(), "damaged");
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            }
          }
        };
    Heard heard = new Heard(0);
    TrainedAdapter whole = train(false, false, heard);
    assertEquals(whole.adapter().identity(), train(false, true, damaging).adapter().identity());
  }

  @Test
  void unwritableBestIsReportedAndNotUsed() throws Exception {
    Files.createDirectories(best().resolve("in the way"));
    Heard heard = new Heard(0);
    TrainedAdapter trained = train(false, true, heard);
    assertEquals(-1, heard.best, "none was kept");
    assertEquals(0, heard.notSaved.get(0));
    assertEquals(heard.previews.get(STEPS), trained.adapter().identity());
    assertEquals(STEPS, heard.result);
    assertTrue(heard.finished.contains(LAST), heard.finished::toString);
  }
}
