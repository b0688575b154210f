package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.spark.SparkGeneration;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/** Where drawn rows go. */
sealed interface DrawnOutput permits DrawnFiles, DrawnTable {
  /** Draws the rows of a table, and writes them. */
  DrawnReport write(
      Console console, SparkSession session, SparkGeneration generation, PromptTable table);

  /**
   * The output of a name: a table if it ends with {@code .parquet}, else PNG files.
   *
   * @throws dev.lora4j.cli.console.Failure if nothing can be written there
   */
  static DrawnOutput of(String name) {
    return name.toLowerCase(Locale.ROOT).replaceFirst("/+$", "").endsWith(".parquet")
        ? new DrawnTable(name)
        : DrawnFiles.at(Path.of(name));
  }
}
