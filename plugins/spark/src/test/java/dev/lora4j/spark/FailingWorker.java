package dev.lora4j.spark;

import dev.lora4j.core.train.run.GradientShare;
import dev.lora4j.core.train.run.RoundShare;
import dev.lora4j.core.train.run.SharedRound;
import dev.lora4j.core.train.run.SharedStep;
import dev.lora4j.core.train.run.TrainingWorker;
import java.util.concurrent.atomic.AtomicInteger;

/** Fails as often as is left to fail. */
record FailingWorker(TrainingWorker worker) implements TrainingWorker {
  static final AtomicInteger LEFT = new AtomicInteger();

  private static void fail() {
    if (LEFT.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new IllegalStateException("the disk is full");
    }
  }

  @Override
  public GradientShare share(SharedStep step, int from, int to) {
    fail();
    return worker.share(step, from, to);
  }

  @Override
  public RoundShare round(SharedRound round, int part) {
    fail();
    return worker.round(round, part);
  }

  @Override
  public void close() {
    worker.close();
  }
}
