package dev.lora4j.spark.command;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The jars of this program, which executors need and Spark has not. */
final class ProgramJars {
  /** Said by the launcher: the class path without Spark's own jars. */
  static final String PROPERTY = "lora4j.spark.jars";

  /** The few classes of Hadoop that the plug-in for Parquet needs. Spark has them all. */
  private static final String HADOOP = "parquet-floor-";

  private ProgramJars() {}

  /** All; none if the launcher did not start this program, as with spark-submit. */
  static List<Path> all() {
    return Arrays.stream(System.getProperty(PROPERTY, "").split(File.pathSeparator, -1))
        .filter(entry -> entry.endsWith(".jar"))
        .map(Path::of)
        .filter(Files::isRegularFile)
        .toList();
  }

  /** Addresses of those that are sent to executors. */
  static List<String> sent() {
    return all().stream()
        .filter(jar -> !String.valueOf(jar.getFileName()).startsWith(HADOOP))
        .map(jar -> jar.toUri().toString())
        .toList();
  }
}
