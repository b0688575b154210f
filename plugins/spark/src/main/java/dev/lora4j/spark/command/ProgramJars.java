package dev.lora4j.spark.command;

import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The jars of this program, which executors need and Spark has not. */
final class ProgramJars {
  /** Said by the launcher: the class path without Spark's own jars. */
  static final String PROPERTY = "lora4j.spark.jars";

  private static final String FILE = "file:";

  /** The few classes of Hadoop that the plug-in for Parquet needs. Spark has them all. */
  private static final String HADOOP = "parquet-floor-";

  /** Said by spark-submit: addresses of what it was given, and has sent. */
  private static final String SUBMITTED = "spark.jars";

  private ProgramJars() {}

  private static boolean launched() {
    return System.getProperty(PROPERTY) != null;
  }

  /** All, as far as they are files here. */
  static List<Path> all() {
    Stream<Path> told =
        launched()
            ? split(PROPERTY, File.pathSeparator).map(Path::of)
            : split(SUBMITTED, ",")
                .filter(a -> a.startsWith(FILE))
                .map(a -> Path.of(URI.create(a)));
    return told.filter(Files::isRegularFile).toList();
  }

  private static Stream<String> split(String property, String separator) {
    return Arrays.stream(System.getProperty(property, "").split(separator, -1))
        .filter(entry -> entry.endsWith(".jar"));
  }

  /** Addresses of those that are yet to be sent to executors; none with spark-submit. */
  static List<String> sent() {
    if (!launched()) {
      return List.of();
    }
    return all().stream()
        .filter(jar -> !String.valueOf(jar.getFileName()).startsWith(HADOOP))
        .map(jar -> jar.toUri().toString())
        .toList();
  }
}
