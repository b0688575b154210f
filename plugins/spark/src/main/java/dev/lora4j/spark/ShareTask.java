package dev.lora4j.spark;

import dev.lora4j.core.train.run.GradientShare;
import dev.lora4j.core.train.run.SharedStep;
import dev.lora4j.core.train.run.TrainingWorker;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/** Computes the gradients of one part of a step, in a task of Spark. */
final class ShareTask implements Function<Integer, ShareMessage> {
  private static final long serialVersionUID = 1L;

  private final String training;
  private final WorkerSource workers;
  private final Broadcast<StepMessage> sent;
  private final int parts;

  ShareTask(String training, WorkerSource workers, Broadcast<StepMessage> sent, int parts) {
    this.training = training;
    this.workers = workers;
    this.sent = sent;
    this.parts = parts;
  }

  @Override
  public ShareMessage call(Integer part) {
    SharedStep step = sent.value().step();
    int from = (int) ((long) step.batches() * part / parts);
    int to = (int) ((long) step.batches() * (part + 1) / parts);
    try {
      return OpenWorkers.with(training, workers, worker -> share(worker, step, from, to));
    } catch (RuntimeException e) {
      throw new TaskFailure(
          "The gradients of batch "
              + (step.first() + from + 1)
              + (to - from > 1 ? " to " + (step.first() + to) : "")
              + " were not computed on "
              + ExecutorBases.host()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static ShareMessage share(TrainingWorker worker, SharedStep step, int from, int to) {
    long began = System.nanoTime();
    GradientShare share = worker.share(step, from, to);
    return ShareMessage.of(share, System.nanoTime() - began);
  }
}
