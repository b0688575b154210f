package dev.lora4j.spark;

import dev.lora4j.core.train.run.TrainingFailure;
import dev.lora4j.diffusion.style.EncodingSource;
import java.util.List;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Encodes the pictures of a training, and their captions, on the machines of a Spark cluster: one
 * ordinary job before the first step, which is given up when the training is stopped. A machine
 * keeps what it encodes in the cache of its user ({@code LORA4J_HOME}). Where all machines have
 * one, each picture is encoded once; elsewhere a machine encodes its part, and later what a step
 * shows it. A task that is done again encodes what is not in the cache yet.
 */
public final class SparkEncoding implements EncodingSource {
  /** Tasks for each that runs at a time, so that progress is told and slow machines do fewer. */
  private static final int TASKS = 8;

  private final JavaSparkContext spark;
  private final ExecutorModel base;
  private final WorkerSource.Style style;
  private final int parts;

  /**
   * Divides pictures among machines.
   *
   * @param style makes the trainer on a machine, with the pictures of the one that is told of this
   * @param parts how many tasks run at a time
   * @throws IllegalArgumentException if there is none
   */
  public SparkEncoding(
      JavaSparkContext spark, ExecutorModel base, WorkerSource.Style style, int parts) {
    if (parts < 1) {
      throw new IllegalArgumentException(
          "Pictures are encoded in 1 part or more, found " + parts + ".");
    }
    this.spark = spark;
    this.base = base;
    this.style = style;
    this.parts = parts;
  }

  /**
   * Encodes pictures.
   *
   * @throws TrainingFailure if a task fails as often as Spark tries it, or machines see another
   *     number of pictures
   */
  @Override
  public void encode(int pictures, IntConsumer done) {
    int tasks = (int) Math.min(pictures, (long) TASKS * parts);
    String training = UUID.randomUUID().toString();
    LongAccumulator encoded = spark.sc().longAccumulator("encoded pictures");
    try {
      List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
      int all =
          StepJob.unlessStopped(
                  spark,
                  "encoding of " + pictures + " pictures",
                  () -> {
                    // Also while the number stays: it is what says that it is time to stop.
                    done.accept((int) Math.min(pictures - 1, encoded.value()));
                    return false;
                  },
                  () ->
                      spark
                          .parallelize(numbers, tasks)
                          .map(new EncodingTask(training, base, style, tasks, encoded))
                          .reduce(Integer::sum))
              .orElseThrow();
      if (all != pictures) {
        throw new TrainingFailure(
            "The machines found "
                + all
                + " pictures to encode where this one has "
                + pictures
                + "; every machine needs the same ones under the same path.");
      }
      done.accept(pictures);
    } finally {
      OpenTrainer.close(training);
    }
  }
}
