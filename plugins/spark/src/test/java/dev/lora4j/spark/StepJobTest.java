package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lora4j.core.train.run.TrainingFailure;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

/** What is said of a job that Spark gives up. */
class StepJobTest {
  private static final String LAST =
      " What was trained is in the last checkpoint, if checkpoints are kept.";

  private static String message(LocalSpark spark) {
    JavaSparkContext context = spark.context();
    return assertThrows(
            TrainingFailure.class,
            () ->
                StepJob.whole(
                    context,
                    "",
                    () -> context.parallelize(List.of(1), 1).map(StepJobTest::fail).collect()))
        .getMessage();
  }

  private static Integer fail(Integer part) {
    throw new TaskFailure("Batch " + part + ": the disk is full.", new IllegalStateException());
  }

  @Test
  void taskThatFailsTooOftenIsToldFromOneWithoutAnotherMachine() {
    try (LocalSpark spark = LocalSpark.inProcess()) {
      assertEquals(
          "Batch 1: the disk is full. Spark tried it as often as it is told to"
              + " (spark.task.maxFailures)."
              + LAST,
          message(spark));
    }
    try (LocalSpark spark = LocalSpark.excluding()) {
      assertEquals(
          "Batch 1: the disk is full. No machine was there where it had not failed"
              + " (spark.excludeOnFailure)."
              + LAST,
          message(spark));
    }
  }
}
