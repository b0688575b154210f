package dev.lora4j.spark;

import java.util.LongSummaryStatistics;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Where the time of a training's steps went, without the first of this program, in which machines
 * open the base and compile.
 *
 * @param steps how many
 * @param seconds from asking for gradients to having their sum, of all steps together
 * @param computing of these, what the slowest part of each step took to compute, or where parts
 *     wait for each other, what all took by the number of tasks that run at a time
 */
public record StepTimes(long steps, double seconds, double computing) {
  /**
   * Share of the time that was not computing: sending, scheduling, adding, and waiting for both.
   */
  public double overhead() {
    return seconds == 0 ? 0 : 1 - computing / seconds;
  }

  /**
   * With one step more.
   *
   * @param nanos that each part took
   * @param atATime tasks that run at a time
   */
  StepTimes with(double more, LongStream nanos, int atATime) {
    LongSummaryStatistics parts = nanos.summaryStatistics();
    double most = Math.max((double) parts.getMax(), (double) parts.getSum() / atATime);
    return new StepTimes(steps + 1, seconds + more, computing + most / 1e9);
  }

  /** Tasks of a training that run at a time, as far as Spark knows its machines. */
  static int atATime(JavaSparkContext spark) {
    int cpus = spark.getConf().getInt("spark.task.cpus", 1);
    return Math.max(1, spark.defaultParallelism() / cpus);
  }
}
