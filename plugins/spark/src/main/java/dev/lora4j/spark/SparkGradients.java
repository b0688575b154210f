package dev.lora4j.spark;

import dev.lora4j.core.train.run.GradientShare;
import dev.lora4j.core.train.run.GradientSource;
import dev.lora4j.core.train.run.SharedStep;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Gradients of a training's steps, computed on the machines of a Spark cluster: one ordinary job
 * for each step. The batches of a step ({@code accumulate}) are divided among the parts; the sums
 * of the parts are added in their order, whichever is ready first. With one part a run has the bits
 * of one that computes its own gradients, with more it differs by the rounding of sums and is the
 * same each time.
 *
 * <p>A task depends on its step alone, so that a lost, slow or doubled one changes nothing. For one
 * training at a time.
 */
public final class SparkGradients implements GradientSource, AutoCloseable {
  private final JavaSparkContext spark;
  private final WorkerSource workers;
  private final int parts;
  private final String training = UUID.randomUUID().toString();
  private StepTimes times = new StepTimes(0, 0, 0);
  private boolean begun;

  /**
   * Divides steps into parts.
   *
   * @param workers opens on a machine what computes gradients there
   * @param parts how many; a step of fewer batches has one for each
   * @throws IllegalArgumentException if there is none
   */
  public SparkGradients(JavaSparkContext spark, WorkerSource workers, int parts) {
    if (parts < 1) {
      throw new IllegalArgumentException(
          "A step is computed in 1 part or more, found " + parts + ".");
    }
    this.spark = spark;
    this.workers = workers;
    this.parts = parts;
  }

  @Override
  public GradientShare gradients(SharedStep step) {
    long began = System.nanoTime();
    int count = Math.min(parts, step.batches());
    Broadcast<StepMessage> sent = spark.broadcast(StepMessage.of(step));
    try {
      List<Integer> numbers = IntStream.range(0, count).boxed().toList();
      // Results come in the order of the parts.
      List<ShareMessage> shares =
          StepJob.whole(
              spark,
              "gradients of a step",
              () ->
                  spark
                      .parallelize(numbers, count)
                      .map(new ShareTask(training, workers, sent, count))
                      .collect());
      GradientShare whole =
          shares.stream().map(ShareMessage::share).reduce(GradientShare::followedBy).orElseThrow();
      times =
          begun
              ? times.with(
                  (System.nanoTime() - began) / 1e9,
                  shares.stream().mapToLong(ShareMessage::nanos),
                  StepTimes.atATime(spark))
              : times;
      begun = true;
      return whole;
    } finally {
      sent.destroy();
    }
  }

  /** Where the time of the steps went until now. */
  public StepTimes times() {
    return times;
  }

  /** Closes the workers of this Java machine; those elsewhere are closed with theirs. */
  @Override
  public void close() {
    OpenWorkers.close(training);
  }
}
