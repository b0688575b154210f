package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.train.local.LocalSteps;
import dev.lora4j.core.train.local.OuterStep;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.GradientShare;
import dev.lora4j.core.train.run.RoundShare;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.SharedRound;
import dev.lora4j.core.train.run.SharedStep;
import dev.lora4j.core.train.run.TrainingFailure;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.core.train.run.TrainingWorker;
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

/** A training whose steps tasks of Spark take in rounds. */
class SparkRoundsTest {
  private static final BasePlace BASE = BasePlace.of(EmojiSd.folder());
  private static final int STEPS = 5;
  private static final LocalSteps TWO_PARTS = new LocalSteps(2, 2, new OuterStep(0.9, 0.3));

  private static final AtomicReference<@Nullable Thread> INTERRUPTED = new AtomicReference<>();

  @TempDir static Path pictures;

  @TempDir Path folder;

  private static LocalSpark spark;
  private static TrainedStyle whole;

  @BeforeAll
  static void train() throws IOException {
    ColouredPictures.write(pictures);
    spark = LocalSpark.inProcess();
    whole = shared(workers(), TWO_PARTS, CheckpointPolicy.NOTHING);
  }

  @AfterAll
  static void close() {
    spark.close();
    ExecutorBases.close();
  }

  private static StyleTrainer trainer() {
    return BallTraining.trainer(ExecutorBases.of(BASE), pictures.toString(), STEPS);
  }

  private static WorkerSource workers() {
    String folder = pictures.toString();
    return WorkerSource.of(BASE, base -> BallTraining.trainer(base, folder, STEPS));
  }

  private static TrainedStyle shared(
      WorkerSource workers, LocalSteps local, CheckpointPolicy keeping) {
    try (SparkRounds rounds = new SparkRounds(spark.context(), workers, local)) {
      return trainer().keeping(keeping).rounds(rounds).run();
    }
  }

  @Test
  void onePartHasTheBitsOfOneProcess() {
    LocalSteps one = new LocalSteps(3, 1, OuterStep.AVERAGE);
    TrainedStyle alone = trainer().run();
    TrainedStyle there = shared(workers(), one, CheckpointPolicy.NOTHING);
    assertEquals(alone.losses(), there.losses());
    assertEquals(alone.adapter().identity(), there.adapter().identity());
  }

  @Test
  void partsHaveTheBitsOfWorkersInThisProcess() {
    try (TrainingWorker worker = trainer().worker(RunListener.NONE)) {
      TrainedStyle own = trainer().rounds(new LocalRounds(TWO_PARTS, worker)).run();
      assertEquals(own.losses(), whole.losses());
      assertEquals(own.adapter().identity(), whole.adapter().identity());
    }
  }

  /** Whoever has the file sees that it is not from the training that its other settings say. */
  @Test
  void adapterSaysHowItWasTrained() {
    String said = whole.adapter().metadata().get("lora4j_local_steps");
    assertEquals(TWO_PARTS.canonical(), said);
  }

  @Test
  void partThatFailsIsDoneAgainToTheSameBits() {
    WorkerSource plain = workers();
    FailingWorker.LEFT.set(2);
    TrainedStyle again =
        shared(
            threads -> new FailingWorker(plain.open(threads)), TWO_PARTS, CheckpointPolicy.NOTHING);
    assertEquals(0, FailingWorker.LEFT.get());
    assertEquals(whole.adapter().identity(), again.adapter().identity());
  }

  @Test
  void failureNamesStepsPartAndReason() {
    WorkerSource plain = workers();
    FailingWorker.LEFT.set(Integer.MAX_VALUE);
    try {
      TrainingFailure e =
          assertThrows(
              TrainingFailure.class,
              () ->
                  shared(
                      threads -> new FailingWorker(plain.open(threads)),
                      TWO_PARTS,
                      CheckpointPolicy.NOTHING));
      assertTrue(e.getMessage().startsWith("Steps 1 to 2 of part "), e.getMessage());
      assertTrue(e.getMessage().contains("the disk is full"), e.getMessage());
    } finally {
      FailingWorker.LEFT.set(0);
    }
  }

  /** Rounds may take an hour: nobody waits for the end of one that is to stop. */
  @Test
  void roundIsGivenUpWhenTheRunIsInterrupted() {
    CheckpointPolicy kept = CheckpointPolicy.NOTHING.in(folder.resolve("kept"));
    WorkerSource plain = workers();
    INTERRUPTED.set(Thread.currentThread());
    TrainingInterrupted stopped =
        assertThrows(
            TrainingInterrupted.class,
            () -> shared(threads -> new StoppedWorker(plain.open(threads)), TWO_PARTS, kept));
    assertTrue(Thread.interrupted());
    assertEquals(2, stopped.steps());
    assertTrue(stopped.checkpoint().isPresent());
    TrainedStyle rest = shared(workers(), TWO_PARTS, kept.resume(true));
    assertEquals(STEPS - 2, rest.losses().size());
    assertEquals(whole.adapter().identity(), rest.adapter().identity());
  }

  /** Interrupts the run in its second round, and works until it is interrupted itself. */
  private record StoppedWorker(TrainingWorker worker) implements TrainingWorker {
    @Override
    public GradientShare share(SharedStep step, int from, int to) {
      return worker.share(step, from, to);
    }

    @Override
    public RoundShare round(SharedRound round, int part) {
      if (round.first() < 2) {
        return worker.round(round, part);
      }
      Optional.ofNullable(INTERRUPTED.getAndSet(null)).ifPresent(Thread::interrupt);
      while (!Thread.currentThread().isInterrupted()) {
        Thread.onSpinWait();
      }
      return worker.round(round, part);
    }

    @Override
    public void close() {
      worker.close();
    }
  }
}
