package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Options of the cluster. */
final class SparkOptions {
  static final String MASTER = "spark.master";

  private static final int LATEST = 4;
  private static final List<String> OLDER = List.of("3.5.");
  private static final String PREFIX = "spark.";
  private static final String JARS = "spark.jars";
  private static final String SPARK_VERSION = org.apache.spark.package$.MODULE$.SPARK_VERSION();
  private static final String STANDALONE = "spark://";
  private static final String ADVICE =
      "Look whether the cluster runs, and whether the address is the one that its page shows.";
  private static final String UI = "spark.ui.enabled";

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "The cluster: local[N] for N tasks at a time in this process, spark://HOST:7077,"
              + " k8s://..., yarn (default: what spark-submit says).")
  private Optional<String> master = Optional.empty();

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description =
          "Set any property of Spark, for example spark.task.cpus=4; may be given several times.")
  private List<String> properties = new ArrayList<>();

  /**
   * What is said of Spark, with what spark-submit says below it.
   *
   * @throws Failure of usage if it names no cluster
   */
  SparkConf settings() {
    requireVersion(SPARK_VERSION);
    SparkConf all = new SparkConf();
    for (String one : properties) {
      String[] parts = one.split("=", 2);
      if (parts.length != 2 || !parts[0].startsWith(PREFIX)) {
        throw Failure.usage(
            "--conf takes a property of Spark and its value, as in spark.task.cpus=4; found "
                + one
                + ".");
      }
      all.set(parts[0], parts[1]);
    }
    master.ifPresent(all::setMaster);
    if (!all.contains(MASTER)) {
      throw Failure.usage(
          "Say which cluster: --master local[2] for two tasks in this process, or"
              + " --master spark://HOST:7077.");
    }
    if (!all.contains("spark.app.name")) {
      all.setAppName("lora4j");
    }
    boolean local = LocalTasks.of(all).isPresent();
    if (!local) {
      // A machine whose disk is full is free again at once, and would use up all tries of a task.
      all.setIfMissing("spark.excludeOnFailure.enabled", "true");
      all.setIfMissing("spark.scheduler.excludeOnFailure.unschedulableTaskSetTimeout", "10s");
      if (major(SPARK_VERSION) < LATEST) {
        // On the machines too, this program's libraries have to come before Spark's.
        all.setIfMissing("spark.executor.userClassPathFirst", "true");
      }
    }
    // What machines send back belongs here, and a limit on it would end a run of many parts.
    all.setIfMissing("spark.driver.maxResultSize", "0");
    all.setIfMissing(UI, Boolean.toString(!local));
    return all;
  }

  /**
   * Refuses versions that this program was not made for.
   *
   * @throws Failure naming what to take
   */
  static void requireVersion(String version) {
    if (major(version) < LATEST && OLDER.stream().noneMatch(version::startsWith)) {
      throw new Failure("This is Spark " + version + ". Take Spark 4.1, or 3.5.");
    }
  }

  private static int major(String version) {
    return Integer.parseInt(version.replaceFirst("\\..*", ""));
  }

  /** Connects to the cluster. */
  SparkSession open(Console console, SparkConf settings) {
    List<String> jars = ProgramJars.sent();
    if (LocalTasks.of(settings).isEmpty() && !jars.isEmpty()) {
      String given = settings.get(JARS, "");
      settings.set(JARS, (given.isEmpty() ? "" : given + ",") + String.join(",", jars));
    }
    console.note("Connecting to Spark at " + settings.get(MASTER) + ".");
    SparkSession session = session(settings);
    session.sparkContext().addSparkListener(new ClusterNotes(console));
    console.note(
        "Spark " + session.version() + ", " + session.sparkContext().applicationId() + ".");
    return session;
  }

  private static SparkSession session(SparkConf settings) {
    SparkSession session;
    try {
      session = SparkSession.builder().config(settings).getOrCreate();
    } catch (Exception e) {
      // Spark throws what it does not declare.
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new Failure(unusable(settings) + ": " + reason + " " + ADVICE, e);
    }
    String master = session.sparkContext().master();
    boolean registered = session.sparkContext().applicationId().startsWith("app-");
    if (master.startsWith(STANDALONE) && !registered) {
      // It gave up, and told nobody but its log.
      throw new Failure(unusable(settings) + ", as it does not answer. " + ADVICE);
    }
    return session;
  }

  private static String unusable(SparkConf settings) {
    return "Spark at " + settings.get(MASTER) + " cannot be used";
  }
}
