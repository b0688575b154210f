package dev.lora4j.spark.command;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Option of a file of prompts. */
final class RowsOption {
  private static final List<String> TABLES = List.of(".parquet", ".csv", ".json", ".jsonl");

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description =
          "Prompts from a file: one in each line of a .txt, or the rows of a .parquet, .csv, .json or"
              + " .jsonl with the columns of docs/spark.md; what options say counts where a row says"
              + " nothing.")
  private Optional<String> file = Optional.empty();

  @Option(
      names = "--keep",
      paramLabel = "COLUMN,...",
      split = ",",
      description = "Columns of a table that change no picture; a result in Parquet has them too.")
  List<String> kept = List.of();

  /** True if there are prompts in a file. */
  boolean given() {
    return file.isPresent();
  }

  /** True if the file has a table. */
  boolean table() {
    return file.filter(f -> TABLES.stream().anyMatch(lower(f)::endsWith)).isPresent();
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT).replaceFirst("/+$", "");
  }

  /** The lines of a text, without empty ones. */
  List<String> lines() {
    Path text = ExistingPath.file(Path.of(file.orElseThrow()));
    try {
      List<String> lines =
          RegularFile.lines(text, RegularFile.VOCABULARY).stream()
              .map(String::strip)
              .filter(line -> !line.isEmpty())
              .toList();
      if (lines.isEmpty()) {
        throw new Failure(text + " has no prompt in it.");
      }
      return lines;
    } catch (IOException e) {
      throw new Failure("Cannot read " + text + ": " + ErrorExplanation.of(e), e);
    }
  }

  /**
   * The rows of a table, through the file systems that Spark knows.
   *
   * @param more columns that have an effect
   * @throws Failure if it cannot be read, or has a column that would be without effect unseen
   */
  Dataset<Row> read(SparkSession session, List<String> more) {
    Dataset<Row> rows = rows(session);
    List<String> unknown =
        Arrays.stream(rows.columns())
            .filter(n -> !PromptTable.known(n) && !kept.contains(n) && !more.contains(n))
            .toList();
    if (!unknown.isEmpty()) {
      throw new Failure(
          "No picture depends on the columns "
              + String.join(", ", unknown)
              + " of "
              + file.orElseThrow()
              + "; if that is meant, say --keep "
              + String.join(",", unknown)
              + ".");
    }
    return rows;
  }

  private Dataset<Row> rows(SparkSession session) {
    String path = file.orElseThrow();
    String name = lower(path);
    try {
      if (name.endsWith(".parquet")) {
        return session.read().parquet(path);
      }
      return name.endsWith(".csv")
          ? session.read().option("header", true).option("escape", "\"").csv(path)
          : session.read().json(path);
    } catch (Exception e) {
      // Declared by nobody, as it is thrown from Scala.
      throw new Failure("Spark cannot read " + path + ": " + firstLine(e), e);
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
