package dev.lora4j.spark;

import dev.lora4j.core.train.run.TrainingFailure;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.spark.api.java.JavaSparkContext;

/** One job of Spark for a training, on a thread of its own. */
final class StepJob {
  private static final long LOOKS_EACH_MILLIS = 100;

  /** Named by Spark where it gives up a task as all machines that it has failed at it. */
  private static final String EXCLUDED = "spark.excludeOnFailure";

  private StepJob() {}

  /**
   * Runs a job to its end, however often the caller is interrupted. A run is stopped between two
   * steps: an interrupt within a job would make Spark give it up, and the checkpoint that is
   * written then would be broken off too.
   *
   * @throws TrainingFailure if it fails
   */
  static <T> T whole(JavaSparkContext spark, String what, Callable<T> job) {
    return run(spark, what, false, () -> false, job).orElseThrow();
  }

  /**
   * Runs a job, and gives it up when it is time to stop.
   *
   * @param what the job does, for Spark's page
   * @param stop is asked several times a second; what it throws gives the job up too
   * @return its result; empty if it was given up
   * @throws TrainingFailure if it fails
   */
  static <T> Optional<T> unlessStopped(
      JavaSparkContext spark, String what, BooleanSupplier stop, Callable<T> job) {
    return run(spark, what, true, stop, job);
  }

  private static <T> Optional<T> run(
      JavaSparkContext spark,
      String what,
      boolean interrupting,
      BooleanSupplier stop,
      Callable<T> job) {
    String group = UUID.randomUUID().toString();
    FutureTask<T> result =
        new FutureTask<>(
            () -> {
              // A task that is interrupted ends between two steps; one of a single step is not.
              spark.setJobGroup(group, what, interrupting);
              return job.call();
            });
    Thread thread = new Thread(result, "lora4j-spark-step");
    thread.setDaemon(true);
    thread.start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return Optional.of(result.get(LOOKS_EACH_MILLIS, TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
          if (stopped(spark, group, stop)) {
            return Optional.empty();
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean stopped(JavaSparkContext spark, String group, BooleanSupplier stop) {
    boolean goesOn = false;
    try {
      goesOn = !stop.getAsBoolean();
      return !goesOn;
    } finally {
      if (!goesOn) {
        spark.cancelJobGroup(group);
      }
    }
  }

  private static RuntimeException failure(Throwable e) {
    if (e instanceof RuntimeException known && TaskFailure.reason(e).isEmpty()) {
      return known;
    }
    String reason = TaskFailure.reason(e).orElseGet(() -> String.valueOf(e.getMessage()));
    TrainingFailure failure =
        new TrainingFailure(
            reason
                + whyGivenUp(e)
                + " What was trained is in the last checkpoint, if checkpoints are kept.");
    failure.initCause(e);
    return failure;
  }

  private static String whyGivenUp(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains(EXCLUDED)) {
        return " No machine was there where it had not failed (spark.excludeOnFailure).";
      }
    }
    return " Spark tried it as often as it is told to (spark.task.maxFailures).";
  }
}
