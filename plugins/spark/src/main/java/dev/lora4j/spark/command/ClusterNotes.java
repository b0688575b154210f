package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.spark.TaskFailure;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Notes of what went wrong on machines, and is done again. */
final class ClusterNotes extends SparkListener {
  private final Console console;

  ClusterNotes(Console console) {
    this.console = console;
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.reason() instanceof TaskFailedReason failed && failed.countTowardsTaskFailures()) {
      String text = failed.toErrorString();
      String reason =
          TaskFailure.reason(text).orElseGet(() -> text.lines().findFirst().orElse(text));
      console.note("A task on " + end.taskInfo().host() + " failed: " + reason);
    }
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    String reason = removed.reason().lines().findFirst().orElse("");
    console.note(
        "Executor "
            + removed.executorId()
            + " is gone; what it had begun is done again. "
            + reason);
  }
}
