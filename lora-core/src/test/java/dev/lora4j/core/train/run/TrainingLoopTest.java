package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.TwoLayers.Rows;
import dev.lora4j.core.train.schedule.Cosine;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop on a task that is no picture. */
class TrainingLoopTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("tests");
  private static final int STEPS = 9;
  private static final double RATE = 0.05;

  @TempDir Path folder;

  @AfterAll
  static void close() {
    SCOPE.close();
    ENGINE.close();
  }

  private static TrainingSettings settings(int steps) {
    return TrainingSettings.of(AdamW.DEFAULT, RATE, RateSchedule.of(new Cosine(), steps))
        .withAccumulation(2)
        .withSeed(3)
        .withStored(DType.F32);
  }

  private static final CheckpointPolicy EACH_STEP =
      CheckpointPolicy.NOTHING.every(4).validateEvery(1).keepBest(true).previewEvery(1);

  private CheckpointPolicy keeping(boolean resume, String data) {
    return EACH_STEP.in(folder.resolve("kept")).resume(resume).identity(Map.of("data", data));
  }

  private static TrainedAdapter train(
      TwoLayers task, TrainingSettings settings, CheckpointPolicy keeping, RunListener listener) {
    return InterruptibleTask.run(
        sign -> {
          try (TrainingLoop loop =
              new TrainingLoop(SCOPE, task, settings, keeping, listener, sign)) {
            return loop.run("toy");
          }
        });
  }

  private static TwoLayers task() {
    return TwoLayers.of(SCOPE, 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 8})
  void runInterruptedAnywhereResumesToTheSameBits(int at) {
    TwoLayers task = task().holdingOut(new Rows(-1, 1, false, 1));
    TrainedAdapter whole = train(task, settings(STEPS), EACH_STEP, RunListener.NONE);
    Heard first = new Heard(at);
    TrainingInterrupted stopped =
        assertThrows(
            TrainingInterrupted.class,
            () -> train(task, settings(STEPS), keeping(false, "a"), first));
    assertTrue(Thread.interrupted());
    assertEquals(at, stopped.steps());
    Path written = stopped.checkpoint().orElseThrow();
    assertEquals(written, first.saved.get(first.saved.size() - 1));
    assertTrue(Files.exists(written));
    assertEquals(OptionalInt.of(at), CheckpointPolicy.unfinished(folder.resolve("kept")));
    Heard second = new Heard(0);
    TrainedAdapter resumed = train(task, settings(STEPS), keeping(true, "a"), second);
    assertEquals(List.of(at + " []"), second.resumed);
    assertEquals(at + 1, second.steps.get(0).step());
    assertEquals(STEPS - at, resumed.losses().size());
    assertEquals(whole.adapter().identity(), resumed.adapter().identity());
    assertEquals(whole.losses().subList(at, STEPS), resumed.losses());
    assertEquals(Map.of("factor", "2.0"), resumed.adapter().metadata());
    assertEquals(OptionalInt.empty(), CheckpointPolicy.unfinished(folder.resolve("kept")));
  }

  @Test
  void checkpointsOfAnotherRunAreRefused() {
    train(task(), settings(STEPS), keeping(false, "a"), RunListener.NONE);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> train(task(), settings(STEPS), keeping(true, "b"), RunListener.NONE));
    assertTrue(e.getMessage().contains("data (was a, is b)"), e.getMessage());
  }

  @Test
  void nonFiniteBatchIsSkippedAndNamed() {
    Heard heard = new Heard(0);
    // The second batch of the third step.
    TwoLayers task = task().broken(Set.of(5L));
    TrainedAdapter trained = train(task, settings(STEPS), keeping(false, "a"), heard);
    assertEquals(Set.of(3), heard.notFinite.keySet());
    NonFiniteStep where = heard.notFinite.get(3);
    assertEquals(Optional.of("toy.first"), where.layer());
    assertEquals(List.of("text.txt:5"), where.items());
    assertEquals("the output of toy.first is not finite, with text.txt:5", where.toString());
    assertTrue(heard.steps.get(2).skipped());
    assertEquals(1, heard.steps.stream().filter(RunListener.Step::skipped).count());
    assertEquals(heard.previews.get(2), heard.previews.get(3));
    assertNotEquals(heard.previews.get(3), heard.previews.get(4));
    assertEquals(heard.previews.get(STEPS), trained.adapter().identity());
  }

  @Test
  void stepsThatNeverGetThroughEndTheRun() {
    Set<Long> all = LongStream.range(0, 100).boxed().collect(Collectors.toSet());
    Heard heard = new Heard(0);
    TrainingFailure e =
        assertThrows(
            TrainingFailure.class,
            () -> train(task().broken(all), settings(40), CheckpointPolicy.NOTHING, heard));
    assertEquals(10, heard.notFinite.size());
    assertEquals(9, heard.steps.size());
    assertTrue(e.getMessage().contains("look at these lines"), e.getMessage());
    assertTrue(e.getMessage().contains("text.txt:18"), e.getMessage());
  }

  @Test
  void factorsOfLeastValidationLossAreTheResult() {
    // Training goes to twice the input, by way of half of it.
    TwoLayers task = task().holdingOut(new Rows(-1, 0.5f, false, 1));
    Heard heard = new Heard(0);
    TrainedAdapter trained = train(task, settings(60), keeping(false, "a"), heard);
    assertEquals(61, heard.validated.size());
    double least = heard.validated.values().stream().mapToDouble(l -> l).min().orElseThrow();
    assertEquals(least, heard.validated.get(heard.best));
    assertTrue(0 < heard.best && heard.best < 60, heard.validated::toString);
    assertEquals(heard.previews.get(heard.best), trained.adapter().identity());
    assertNotEquals(heard.previews.get(60), trained.adapter().identity());
  }

  @Test
  void validationSamplesCountByTheirWeight() {
    Heard heard = new Heard(1);
    Rows light = new Rows(-1, 1, false, 1);
    Rows heavy = new Rows(-2, 1, false, 3);
    assertThrows(
        TrainingInterrupted.class,
        () -> train(task().holdingOut(light, heavy), settings(STEPS), keeping(false, "a"), heard));
    assertTrue(Thread.interrupted());
    // Before the first step the layers give zero.
    double expected = (squares(light) + 3 * squares(heavy)) / 4;
    assertEquals(expected, heard.validated.get(0), 1e-6);
  }

  private static double squares(Rows rows) {
    try (Scope scope = SCOPE.child("rows")) {
      float[] target = rows.inputs(scope).get(1).floats();
      double sum = 0;
      for (float value : target) {
        sum += value * value;
      }
      return sum / target.length;
    }
  }

  @Test
  void unwritableCheckpointsDoNotStopTheRun() throws Exception {
    Path inTheWay = Files.writeString(folder.resolve("kept"), "no folder");
    Heard heard = new Heard(0);
    TrainedAdapter trained = train(task(), settings(STEPS), keeping(false, "a"), heard);
    assertEquals(List.of(4, 8, 9), heard.notSaved);
    assertEquals(heard.previews.get(STEPS), trained.adapter().identity());
    assertEquals("no folder", Files.readString(inTheWay));
  }

  @Test
  void interruptDuringEncodingStopsBeforeTheFirstStep() {
    RunListener interrupting =
        new RunListener() {
          @Override
          public void step(Step done) {
            throw new IllegalStateException("a step");
          }

          @Override
          public void encoding(int done, int all) {
            Thread.currentThread().interrupt();
          }
        };
    TrainingInterrupted stopped =
        assertThrows(
            TrainingInterrupted.class,
            () ->
                InterruptibleTask.run(
                    sign -> {
                      sign.telling(interrupting).encoding(1, 2);
                      return "went on";
                    }));
    assertTrue(Thread.interrupted());
    assertEquals(0, stopped.steps());
  }
}
