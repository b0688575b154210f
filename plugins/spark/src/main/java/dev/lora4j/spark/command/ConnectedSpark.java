package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.spark.ExecutorBases;
import dev.lora4j.spark.TaskFailure;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A connection to a cluster, as long as a command needs it.
 *
 * @param here whether tasks run in this process
 */
record ConnectedSpark(SparkSession session, boolean here) implements AutoCloseable {
  static ConnectedSpark of(Console console, SparkOptions options, SparkConf settings) {
    return new ConnectedSpark(options.open(console, settings), LocalTasks.of(settings).isPresent());
  }

  JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  /**
   * The result of work whose tasks may fail.
   *
   * @throws Failure with what a task said
   */
  <T> T telling(Supplier<T> work) {
    try {
      return work.get();
    } catch (Exception e) {
      // Spark throws what it does not declare.
      Optional<String> reason = TaskFailure.reason(e);
      if (reason.isPresent()) {
        throw new Failure(reason.get(), e);
      }
      if (interrupted(e)) {
        CancellationException ended = new CancellationException("Stopped.");
        ended.initCause(e);
        throw ended;
      }
      throw e;
    }
  }

  private static boolean interrupted(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    // Before the bases, which tasks that still run use.
    session.stop();
    if (here) {
      ExecutorBases.close();
    }
  }
}
