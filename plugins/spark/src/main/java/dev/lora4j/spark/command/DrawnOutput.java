package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Where drawn rows go. */
sealed interface DrawnOutput permits DrawnFiles, DrawnTable {
  /**
   * Draws the rows of a table, and writes them.
   *
   * @param drawing draws rows, and whatever else is done with them
   * @param made whatever pictures depend on beside their rows
   * @param seed the first, of those that say none
   */
  DrawnReport write(
      Console console,
      ConnectedSpark spark,
      UnaryOperator<Dataset<Row>> drawing,
      PromptTable table,
      List<String> made,
      long seed);

  /** The first seed of an earlier run that is gone on with, if there is one. */
  default Optional<Long> seed() {
    return Optional.empty();
  }

  /** True if the output of a name is a table. */
  static boolean table(String name) {
    return name.toLowerCase(Locale.ROOT).replaceFirst("/+$", "").endsWith(".parquet");
  }

  /**
   * The output of a name: a table if it ends with {@code .parquet}, else PNG files.
   *
   * @param resume whether pictures that an earlier run made stay
   * @throws Failure if nothing can be written there, or a table is to be gone on with
   */
  static DrawnOutput of(String name, boolean resume) {
    if (!table(name)) {
      return DrawnFiles.at(Path.of(name), resume);
    }
    if (resume) {
      throw Failure.usage(
          "A table is there when it is whole; --resume goes on with PNG files, as of -o out.png.");
    }
    return new DrawnTable(name);
  }
}
