package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.spark.SparkGeneration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** PNG files that this process writes as pictures come back, named as {@code generate} does. */
record DrawnFiles(Path file) implements DrawnOutput {
  static DrawnFiles at(Path file) {
    OutputFile.require(file, ".png");
    return new DrawnFiles(file);
  }

  @Override
  public DrawnReport write(
      Console console, SparkSession session, SparkGeneration generation, PromptTable table) {
    int all = table.rows().size();
    List<String> lines = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    try (Progress progress = console.progress("generating", all, "picture")) {
      Iterator<Row> drawn = new PictureJobs(session, generation).drawn(table);
      while (drawn.hasNext()) {
        Row row = drawn.next();
        long number = row.getAs(PromptTable.NUMBER);
        if (failure(row)) {
          failed.add(row.getAs(SparkGeneration.ERROR));
        } else {
          Path written = OutputFile.numbered(file, Math.toIntExact(number), all);
          save(written, row.getAs(SparkGeneration.PICTURE));
          lines.add(written + "  seed " + row.getAs(PromptTable.SEED));
        }
        progress.done(number + 1, "");
      }
    }
    return new DrawnReport(lines.size(), lines, failed);
  }

  private static boolean failure(Row row) {
    return Arrays.asList(row.schema().fieldNames()).contains(SparkGeneration.ERROR)
        && !row.isNullAt(row.fieldIndex(SparkGeneration.ERROR));
  }

  private static void save(Path file, byte[] png) {
    try {
      AtomicFile.write(file, png);
    } catch (IOException e) {
      throw new Failure(file + " cannot be written: " + ErrorExplanation.of(e), e);
    }
  }
}
