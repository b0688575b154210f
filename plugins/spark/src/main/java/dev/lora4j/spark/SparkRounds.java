package dev.lora4j.spark;

import dev.lora4j.core.train.local.LocalSteps;
import dev.lora4j.core.train.run.RoundShare;
import dev.lora4j.core.train.run.RoundSource;
import dev.lora4j.core.train.run.SharedRound;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Steps of a training, taken on the machines of a Spark cluster: one ordinary job for each round of
 * {@link LocalSteps}. A task depends on its round alone, so that a lost, slow or doubled one
 * changes nothing; it costs the steps of the round. For one training at a time.
 */
public final class SparkRounds implements RoundSource, AutoCloseable {
  private final JavaSparkContext spark;
  private final WorkerSource workers;
  private final LocalSteps local;
  private final String training = UUID.randomUUID().toString();
  private StepTimes times = new StepTimes(0, 0, 0);
  private boolean begun;

  /**
   * Divides rounds into parts.
   *
   * @param workers opens on a machine what takes steps there
   */
  public SparkRounds(JavaSparkContext spark, WorkerSource workers, LocalSteps local) {
    this.spark = spark;
    this.workers = workers;
    this.local = local;
  }

  @Override
  public LocalSteps local() {
    return local;
  }

  @Override
  public Optional<List<RoundShare>> round(SharedRound round, BooleanSupplier stop) {
    long began = System.nanoTime();
    Broadcast<RoundMessage> sent = spark.broadcast(RoundMessage.of(round));
    try {
      List<Integer> parts = IntStream.range(0, round.parts()).boxed().toList();
      // Results come in the order of the parts.
      Optional<List<RoundShareMessage>> shares =
          StepJob.unlessStopped(
              spark,
              "steps " + (round.first() + 1) + " to " + (round.first() + round.steps()),
              stop,
              () ->
                  spark
                      .parallelize(parts, round.parts())
                      .map(new RoundTask(training, workers, sent))
                      .collect());
      shares.ifPresent(
          all -> {
            times =
                begun
                    ? times.with(
                        (System.nanoTime() - began) / 1e9,
                        all.stream().mapToLong(RoundShareMessage::nanos),
                        StepTimes.atATime(spark))
                    : times;
            begun = true;
          });
      return shares.map(all -> all.stream().map(RoundShareMessage::share).toList());
    } finally {
      sent.destroy();
    }
  }

  /** Where the time of the rounds went until now, each counted as a step. */
  public StepTimes times() {
    return times;
  }

  /** Closes the workers of this Java machine; those elsewhere are closed with theirs. */
  @Override
  public void close() {
    OpenWorkers.close(training);
  }
}
