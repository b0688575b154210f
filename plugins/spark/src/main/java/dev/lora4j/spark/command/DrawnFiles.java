package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.spark.SparkGeneration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** PNG files that this process writes as pictures come back, named as {@code generate} does. */
record DrawnFiles(Path file, boolean resume) implements DrawnOutput {
  static DrawnFiles at(Path file, boolean resume) {
    OutputFile.require(file, ".png");
    return new DrawnFiles(file, resume);
  }

  @Override
  public Optional<Long> seed() {
    return resume ? UnfinishedRows.beside(file).seed() : Optional.empty();
  }

  @Override
  public DrawnReport write(
      Console console,
      ConnectedSpark spark,
      UnaryOperator<Dataset<Row>> drawing,
      PromptTable table,
      List<String> made,
      long seed) {
    UnfinishedRows unfinished = UnfinishedRows.beside(file);
    String identity = UnfinishedRows.identity(table, made);
    Map<Long, String> before = resume ? unfinished.made(identity) : Map.of();
    if (before.isEmpty()) {
      unfinished.begin(identity, seed);
    }
    int all = table.rows().size();
    SortedMap<Long, String> lines = new TreeMap<>();
    List<Row> left = new ArrayList<>();
    for (Row row : table.rows()) {
      String hash = before.getOrDefault(row.<Long>getAs(PromptTable.NUMBER), "");
      if (there(place(row, all), hash)) {
        tell(lines, row, all);
      } else {
        left.add(row);
      }
    }
    if (!lines.isEmpty()) {
      console.note(lines.size() + " of " + all + " pictures are there already.");
    }
    List<String> failed = new ArrayList<>();
    try (Progress progress = console.progress("generating", all, "picture")) {
      Iterator<Row> drawn =
          new PictureJobs(spark.session(), drawing).drawn(new PromptTable(table.columns(), left));
      while (drawn.hasNext()) {
        Row row = drawn.next();
        if (failure(row)) {
          failed.add(row.getAs(SparkGeneration.ERROR));
        } else {
          save(place(row, all), row.getAs(SparkGeneration.PICTURE));
          unfinished.add(row.getAs(PromptTable.NUMBER), row.getAs(SparkGeneration.HASH));
          tell(lines, row, all);
        }
        progress.done(lines.size() + failed.size(), "");
      }
    }
    if (failed.isEmpty()) {
      unfinished.finish();
    }
    return new DrawnReport(lines.size(), List.copyOf(lines.values()), failed);
  }

  /** True if a file is the picture with a hash. */
  private static boolean there(Path file, String hash) {
    try {
      return !hash.isEmpty()
          && Files.exists(file)
          && Digests.hex(Files.readAllBytes(file)).equals(hash);
    } catch (IOException e) {
      throw new Failure(file + " cannot be read: " + ErrorExplanation.of(e), e);
    }
  }

  private Path place(Row row, int all) {
    return OutputFile.numbered(file, Math.toIntExact(row.<Long>getAs(PromptTable.NUMBER)), all);
  }

  private void tell(SortedMap<Long, String> lines, Row row, int all) {
    String line = place(row, all) + "  seed " + row.getAs(PromptTable.SEED);
    lines.put(row.getAs(PromptTable.NUMBER), line);
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
