package dev.lora4j.core.train.log;

import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A CSV file with one row per step, in the order of the steps; the first column is the step. Each
 * row is handed to the system at once.
 */
public final class StepCsv implements AutoCloseable {
  private final Writer out;
  private final Path file;
  private final int columns;

  private StepCsv(Writer out, Path file, int columns) {
    this.out = out;
    this.file = file;
    this.columns = columns;
  }

  /**
   * Opens a table, keeping the rows of a resumed run.
   *
   * @param columns names of the columns after the step
   * @param step rows beyond it, and a torn one at the end, are taken away
   */
  public static StepCsv open(Path file, List<String> columns, long step) {
    String heading = "step," + String.join(",", columns);
    try {
      List<String> kept = new ArrayList<>(List.of(heading));
      kept.addAll(rows(file, heading, step));
      Path temporary = file.resolveSibling(file.getFileName() + ".part");
      Files.write(temporary, kept, StandardCharsets.UTF_8);
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
      Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
      return new StepCsv(out, file, columns.size());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static List<String> rows(Path file, String heading, long step) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    String text = RegularFile.text(file, RegularFile.DATA);
    // What follows the last line end is a row that was not written to its end.
    List<String> lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    if (lines.isEmpty() || !lines.get(0).equals(heading)) {
      return List.of();
    }
    return lines.stream().skip(1).filter(line -> stepOf(line) <= step).toList();
  }

  private static long stepOf(String line) {
    try {
      return Long.parseLong(line.substring(0, Math.max(0, line.indexOf(','))));
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Adds a row; a number that is not known is an empty cell, written for NaN. */
  public void row(long step, double... values) {
    if (values.length != columns) {
      throw new IllegalArgumentException(
          "the table has " + columns + " columns, but the row has " + values.length);
    }
    StringBuilder row = new StringBuilder().append(step);
    for (double value : values) {
      row.append(',').append(Double.isNaN(value) ? "" : Float.toString((float) value));
    }
    try {
      out.write(row.append('\n').toString());
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
