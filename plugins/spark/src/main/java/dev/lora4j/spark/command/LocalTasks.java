package dev.lora4j.spark.command;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/** Number of tasks at a time where Spark is this process. */
final class LocalTasks {
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[(\\*|\\d+)(?:,\\d+)?])?");

  private LocalTasks() {}

  /** Empty if the master is a cluster, whose machines may come and go. */
  static OptionalInt of(SparkConf settings) {
    Matcher local = LOCAL.matcher(settings.get(SparkOptions.MASTER));
    if (!local.matches()) {
      return OptionalInt.empty();
    }
    String cores = local.group(1);
    int all =
        cores == null
            ? 1
            : cores.equals("*")
                ? Runtime.getRuntime().availableProcessors()
                : Integer.parseInt(cores);
    return OptionalInt.of(Math.max(1, all / settings.getInt("spark.task.cpus", 1)));
  }
}
