package dev.lora4j.spark.command;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The jars of this program, which executors need and Spark has not. */
final class ProgramJars {
  /** Said by the launcher: the class path without Spark's own jars. */
  private static final String PROPERTY = "lora4j.spark.jars";

  private ProgramJars() {}

  /** Their addresses; none if the launcher did not start this program, as with spark-submit. */
  static List<String> all() {
    return Arrays.stream(System.getProperty(PROPERTY, "").split(File.pathSeparator, -1))
        .filter(entry -> entry.endsWith(".jar"))
        .map(Path::of)
        .filter(Files::isRegularFile)
        .map(jar -> jar.toUri().toString())
        .toList();
  }
}
