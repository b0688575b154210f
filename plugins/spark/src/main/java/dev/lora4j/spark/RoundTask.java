package dev.lora4j.spark;

import dev.lora4j.core.train.run.RoundShare;
import dev.lora4j.core.train.run.SharedRound;
import dev.lora4j.core.train.run.TrainingWorker;
import java.util.concurrent.CancellationException;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/** Takes the steps of one part of a round, in a task of Spark. */
final class RoundTask implements Function<Integer, RoundShareMessage> {
  private static final long serialVersionUID = 1L;

  private final String training;
  private final WorkerSource workers;
  private final Broadcast<RoundMessage> sent;

  RoundTask(String training, WorkerSource workers, Broadcast<RoundMessage> sent) {
    this.training = training;
    this.workers = workers;
    this.sent = sent;
  }

  @Override
  public RoundShareMessage call(Integer part) {
    SharedRound round = sent.value().round();
    try {
      return OpenWorkers.with(training, workers, worker -> share(worker, round, part));
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new TaskFailure(
          "Steps "
              + (round.first() + 1)
              + " to "
              + (round.first() + round.steps())
              + " of part "
              + (part + 1)
              + " were not taken on "
              + ExecutorBases.host()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static RoundShareMessage share(TrainingWorker worker, SharedRound round, int part) {
    long began = System.nanoTime();
    RoundShare share = worker.round(round, part);
    return RoundShareMessage.of(share, System.nanoTime() - began);
  }
}
