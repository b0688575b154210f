package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingFailure;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TrainedText;
import dev.lora4j.tinylm.TinyLm;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training on texts whose gradients tasks of Spark compute, beside one that computes its own. */
class SparkTextsTest {
  private static final BasePlace BASE = BasePlace.of(TinyLm.folder());
  private static final String NOVEL = TinyLm.novel().resolve("chapter-012.txt").toString();
  private static final String OTHER = TinyLm.novel().resolve("chapter-009.txt").toString();
  private static final int STEPS = 3;

  @TempDir Path folder;

  private static LocalSpark spark;
  private static TrainedText alone;

  @BeforeAll
  static void trainAlone() {
    spark = LocalSpark.inProcess();
    alone = trainer().run(done -> {});
  }

  @AfterAll
  static void close() {
    spark.close();
    ExecutorTexts.close();
  }

  private static TextTrainer trainer() {
    return NovelTraining.trainer(ExecutorTexts.of(BASE), NOVEL, STEPS);
  }

  private static WorkerSource workers(String file) {
    return WorkerSource.ofTexts(BASE, base -> NovelTraining.trainer(base, file, STEPS));
  }

  private static TrainedText shared(WorkerSource workers, int parts, CheckpointPolicy keeping) {
    try (SparkGradients gradients = new SparkGradients(spark.context(), workers, parts)) {
      return trainer().keeping(keeping).gradients(gradients).run(done -> {});
    }
  }

  private static TrainedText shared(int parts) {
    return shared(workers(NOVEL), parts, CheckpointPolicy.NOTHING);
  }

  @Test
  void onePartHasTheBitsOfOneProcess() {
    TrainedText one = shared(1);
    assertEquals(alone.adapter().identity(), one.adapter().identity());
    assertEquals(alone.adapter().metadata(), one.adapter().metadata());
    assertEquals(alone.losses(), one.losses());
    assertNotEquals(one.losses().get(0), one.losses().get(STEPS - 1));
  }

  @Test
  void twoPartsDifferByRoundingAndAreTheSameEachTime() {
    TrainedText first = shared(2);
    TrainedText second = shared(2);
    assertEquals(first.adapter().identity(), second.adapter().identity());
    assertEquals(alone.losses().get(0), first.losses().get(0));
    double off = AdapterDifference.greatest(alone.adapter(), first.adapter());
    // A step of Adam is as long as the rate for any gradient, so that rounding shows where that is
    // tiny.
    assertTrue(off < 0.05 * STEPS * NovelTraining.RATE, "off by " + off);
  }

  @Test
  void taskThatFailsIsDoneAgainToTheSameBits() {
    TrainedText whole = shared(2);
    WorkerSource plain = workers(NOVEL);
    FailingWorker.LEFT.set(2);
    TrainedText again =
        shared(threads -> new FailingWorker(plain.open(threads)), 2, CheckpointPolicy.NOTHING);
    assertEquals(0, FailingWorker.LEFT.get());
    assertEquals(whole.adapter().identity(), again.adapter().identity());
  }

  @Test
  void stoppedRunGoesOnFromItsCheckpoint() {
    TrainedText whole = shared(2);
    CheckpointPolicy kept = CheckpointPolicy.NOTHING.in(folder.resolve("kept"));
    try (SparkGradients gradients = new SparkGradients(spark.context(), workers(NOVEL), 2)) {
      TextTrainer trainer = trainer().keeping(kept).gradients(gradients);
      assertThrows(
          TrainingInterrupted.class,
          () ->
              trainer.run(
                  done -> {
                    if (done.step() == 2) {
                      Thread.currentThread().interrupt();
                    }
                  }));
      assertTrue(Thread.interrupted());
    }
    TrainedText rest = shared(workers(NOVEL), 2, kept.resume(true));
    assertEquals(1, rest.losses().size());
    assertEquals(whole.adapter().identity(), rest.adapter().identity());
  }

  @Test
  void workersOfOtherTextsEndTheTrainingByName() {
    TrainingFailure e =
        assertThrows(
            TrainingFailure.class, () -> shared(workers(OTHER), 2, CheckpointPolicy.NOTHING));
    assertTrue(e.getMessage().contains("not the same are texts."), e.getMessage());
  }

  @Test
  void modelIsOpenedOnceAndIsNamedWithItsMachineIfItIsNotThere() {
    LanguageModel once = ExecutorTexts.of(BASE);
    assertSame(once, ExecutorTexts.of(BasePlace.of(TinyLm.folder())));
    BasePlace nowhere = BasePlace.of(folder.resolve("no model"));
    ModelException e = assertThrows(ModelException.class, () -> ExecutorTexts.of(nowhere));
    assertTrue(e.getMessage().startsWith("The base cannot be opened on "), e.getMessage());
  }
}
