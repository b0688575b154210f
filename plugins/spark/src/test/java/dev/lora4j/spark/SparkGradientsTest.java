package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.GradientShare;
import dev.lora4j.core.train.run.RoundShare;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.SharedRound;
import dev.lora4j.core.train.run.SharedStep;
import dev.lora4j.core.train.run.TrainingFailure;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.core.train.run.TrainingWorker;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import dev.lora4j.emoji.EmojiSd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A training whose gradients tasks of Spark compute, beside one that computes its own. */
class SparkGradientsTest {
  private static final BasePlace BASE = BasePlace.of(EmojiSd.folder());
  private static final int STEPS = 3;

  private static final AtomicReference<@Nullable Thread> INTERRUPTED = new AtomicReference<>();

  @TempDir static Path pictures;

  @TempDir Path folder;

  private static LocalSpark spark;
  private static TrainedStyle alone;

  @BeforeAll
  static void trainAlone() throws IOException {
    ColouredPictures.write(pictures);
    spark = LocalSpark.inProcess();
    alone = trainer(ExecutorBases.of(BASE), pictures.toString()).run();
  }

  @AfterAll
  static void close() {
    spark.close();
    ExecutorBases.close();
  }

  private static StyleTrainer trainer(StableDiffusion base, String folder) {
    return BallTraining.trainer(base, folder, STEPS);
  }

  private static WorkerSource workers() {
    String folder = pictures.toString();
    return WorkerSource.of(BASE, base -> trainer(base, folder));
  }

  private static TrainedStyle shared(WorkerSource workers, int parts, CheckpointPolicy keeping) {
    try (SparkGradients gradients = new SparkGradients(spark.context(), workers, parts)) {
      return trainer(ExecutorBases.of(BASE), pictures.toString())
          .keeping(keeping)
          .gradients(gradients)
          .run();
    }
  }

  @Test
  void onePartHasTheBitsOfOneProcess() {
    TrainedStyle one = shared(workers(), 1, CheckpointPolicy.NOTHING);
    assertEquals(alone.adapter().identity(), one.adapter().identity());
    assertEquals(alone.losses(), one.losses());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 9})
  void morePartsDifferByRoundingAndAreTheSameEachTime(int parts) {
    TrainedStyle first = shared(workers(), parts, CheckpointPolicy.NOTHING);
    TrainedStyle second = shared(workers(), parts, CheckpointPolicy.NOTHING);
    assertEquals(first.adapter().identity(), second.adapter().identity());
    assertEquals(alone.losses().get(0), first.losses().get(0));
    double off = AdapterDifference.greatest(alone.adapter(), first.adapter());
    // A step of Adam is as long as the rate for any gradient, so that rounding shows where that is
    // tiny.
    double rate = StyleSettings.DEFAULT.training().rate();
    assertTrue(off < 0.05 * STEPS * rate, off + " at the rate " + rate);
  }

  @Test
  void taskThatFailsIsDoneAgainToTheSameBits() {
    TrainedStyle whole = shared(workers(), 2, CheckpointPolicy.NOTHING);
    WorkerSource plain = workers();
    FailingWorker.LEFT.set(2);
    TrainedStyle again =
        shared(threads -> new FailingWorker(plain.open(threads)), 2, CheckpointPolicy.NOTHING);
    assertEquals(0, FailingWorker.LEFT.get());
    assertEquals(whole.adapter().identity(), again.adapter().identity());
  }

  @Test
  void timesAreThoseOfTheStepsAfterTheFirst() {
    try (SparkGradients gradients = new SparkGradients(spark.context(), workers(), 2)) {
      trainer(ExecutorBases.of(BASE), pictures.toString()).gradients(gradients).run();
      StepTimes times = gradients.times();
      assertEquals(STEPS - 1, times.steps());
      assertTrue(times.computing() > 0 && times.computing() < times.seconds(), times.toString());
      assertTrue(times.overhead() > 0 && times.overhead() < 1, times.toString());
    }
  }

  @Test
  void failureNamesBatchesAndReason() {
    WorkerSource plain = workers();
    FailingWorker.LEFT.set(Integer.MAX_VALUE);
    try {
      TrainingFailure e =
          assertThrows(
              TrainingFailure.class,
              () ->
                  shared(
                      threads -> new FailingWorker(plain.open(threads)),
                      2,
                      CheckpointPolicy.NOTHING));
      assertTrue(
          e.getMessage().matches("(?s)The gradients of batch [13] to [24] were not computed on .*"),
          e.getMessage());
      assertTrue(e.getMessage().contains("the disk is full"), e.getMessage());
    } finally {
      FailingWorker.LEFT.set(0);
    }
  }

  @Test
  void stoppedRunGoesOnFromItsCheckpoint() {
    TrainedStyle whole = shared(workers(), 2, CheckpointPolicy.NOTHING);
    CheckpointPolicy kept = CheckpointPolicy.NOTHING.in(folder.resolve("kept"));
    try (SparkGradients gradients = new SparkGradients(spark.context(), workers(), 2)) {
      StyleTrainer trainer =
          trainer(ExecutorBases.of(BASE), pictures.toString()).keeping(kept).gradients(gradients);
      RunListener stop =
          new RunListener() {
            @Override
            public void step(Step done) {
              if (done.step() == 2) {
                Thread.currentThread().interrupt();
              }
            }
          };
      assertThrows(TrainingInterrupted.class, () -> trainer.run(stop));
      assertTrue(Thread.interrupted());
    }
    TrainedStyle rest = shared(workers(), 2, kept.resume(true));
    assertEquals(1, rest.losses().size());
    assertEquals(whole.adapter().identity(), rest.adapter().identity());
  }

  @Test
  void runThatIsStoppedWithinAJobFinishesItsStep() {
    TrainedStyle whole = shared(workers(), 2, CheckpointPolicy.NOTHING);
    CheckpointPolicy kept = CheckpointPolicy.NOTHING.in(folder.resolve("within"));
    WorkerSource plain = workers();
    Thread run = Thread.currentThread();
    INTERRUPTED.set(run);
    assertThrows(
        TrainingInterrupted.class,
        () -> shared(threads -> new InterruptingWorker(plain.open(threads)), 2, kept));
    assertTrue(Thread.interrupted());
    TrainedStyle rest = shared(workers(), 2, kept.resume(true));
    assertEquals(STEPS - 1, rest.losses().size());
    assertEquals(whole.adapter().identity(), rest.adapter().identity());
  }

  /** Interrupts the run, once, while it waits for the gradients. */
  private record InterruptingWorker(TrainingWorker worker) implements TrainingWorker {
    @Override
    public GradientShare share(SharedStep step, int from, int to) {
      Optional.ofNullable(INTERRUPTED.getAndSet(null)).ifPresent(Thread::interrupt);
      return worker.share(step, from, to);
    }

    @Override
    public RoundShare round(SharedRound round, int part) {
      return worker.round(round, part);
    }

    @Override
    public void close() {
      worker.close();
    }
  }
}
