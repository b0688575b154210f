package dev.lora4j.spark;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Listens for a task that Spark started a second time, and whose result it took. */
final class SpeculatedTasks extends SparkListener {
  private static final long PATIENCE_SECONDS = 20;

  private final CountDownLatch one = new CountDownLatch(1);

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.taskInfo().speculative() && end.taskInfo().successful()) {
      one.countDown();
    }
  }

  /** Whether there was one. Spark tells of it on a thread of its own. */
  boolean succeeded() throws InterruptedException {
    return one.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
