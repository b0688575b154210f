package dev.lora4j.spark;

import org.apache.spark.TaskContext;

/** Threads that operators in a task of Spark may use. */
final class TaskThreads {
  private TaskThreads() {}

  /** As many as {@code spark.task.cpus}, at most one for each processor; 1 outside of a task. */
  static int count() {
    TaskContext task = TaskContext.get();
    int cpus = task == null ? 1 : Math.max(1, task.cpus());
    return Math.min(cpus, Runtime.getRuntime().availableProcessors());
  }
}
