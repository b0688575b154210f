package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Spark for one class of tests. */
final class LocalSpark implements AutoCloseable {
  private static final int EXECUTORS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SparkSession session;

  private LocalSpark(SparkSession session) {
    this.session = session;
  }

  private static SparkSession.Builder builder(String master) {
    return SparkSession.builder()
        .master(master)
        .appName("lora4j")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2");
  }

  /** In this process, with two tasks at a time, each tried up to three times. */
  static LocalSpark inProcess() {
    return new LocalSpark(builder("local[2,3]").getOrCreate());
  }

  /** In this process, which is the one machine, where a task is not tried again. */
  static LocalSpark excluding() {
    return new LocalSpark(
        builder("local[1,3]").config("spark.excludeOnFailure.enabled", "true").getOrCreate());
  }

  /**
   * Two executors in processes of their own, as Spark's own tests have them. They are started from
   * the folder that the environment calls SPARK_HOME.
   */
  static LocalSpark executors() throws IOException {
    copyJars();
    return new LocalSpark(
        executors("local-cluster[" + EXECUTORS + ",1,1024]")
            .config("spark.testing", "true")
            .config("spark.excludeOnFailure.enabled", "true")
            .config("spark.testing.memory", "2147480000")
            .config(ShopFileSystem.PROPERTY, ShopFileSystem.class.getName())
            .getOrCreate());
  }

  /** A cluster that runs, which starts a second task where one is slow. */
  static LocalSpark at(String master) throws IOException {
    copyJars();
    return new LocalSpark(
        executors(master)
            .config("spark.speculation", "true")
            .config("spark.speculation.quantile", "0.5")
            .config("spark.speculation.minTaskRuntime", "1s")
            .getOrCreate());
  }

  private static SparkSession.Builder executors(String master) {
    return builder(master)
        .config("spark.executor.memory", "800m")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.executor.extraJavaOptions", "-Dai.djl.offline=true");
  }

  private static void copyJars() throws IOException {
    Path jars = Path.of(System.getenv("SPARK_HOME"), "jars");
    Files.createDirectories(jars);
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path jar = Path.of(entry);
      Path link = jars.resolve(String.valueOf(jar.getFileName()));
      if (entry.endsWith(".jar") && entry.contains("spark") && !Files.exists(link)) {
        Files.copy(jar, link);
      }
    }
  }

  SparkSession session() {
    return session;
  }

  JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  /**
   * Waits until both executors are there: one that was killed is replaced in its own time, and
   * Spark ends a job at once whose task failed on all machines that it has.
   */
  void awaitExecutors() throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    // The driver is counted too.
    while (session.sparkContext().statusTracker().getExecutorInfos().length <= EXECUTORS) {
      assertTrue(System.nanoTime() < until, "executors that are not there after " + PATIENCE);
      Thread.sleep(100);
    }
  }

  @Override
  public void close() {
    session.stop();
  }
}
