package dev.lora4j.cli.train;

import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.train.log.CsvTracker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** The losses of all steps of a run, those before it was resumed included. */
public final class LossHistory {
  private final TreeMap<Integer, Double> losses = new TreeMap<>();
  private final TreeMap<Integer, Double> validations = new TreeMap<>();

  /**
   * Reads the table in a run's folder, if there is one.
   *
   * @param last the last step that counts
   */
  static LossHistory until(int last, Path folder) {
    LossHistory history = new LossHistory();
    Path table = folder.resolve(CsvTracker.FILE);
    if (last == 0 || !Files.exists(table)) {
      return history;
    }
    try {
      for (String line : RegularFile.lines(table, RegularFile.DATA)) {
        String[] cells = line.split(",", -1);
        if (cells.length == 1 + CsvTracker.COLUMNS.size() && !line.startsWith("step,")) {
          int step = Integer.parseInt(cells[0]);
          if (step <= last) {
            OptionalDouble validation =
                cells[4].isEmpty()
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(Double.parseDouble(cells[4]));
            history.add(step, number(cells[1]), validation);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + table + ": " + e.getMessage(), e);
    }
    return history;
  }

  /** A cell of the table; what is not known is empty there. */
  private static double number(String cell) {
    return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
  }

  /** Adds a step; numbers that are not finite have no place in a picture. */
  void add(int step, double loss, OptionalDouble validation) {
    if (Double.isFinite(loss)) {
      losses.put(step, loss);
    }
    if (Double.isFinite(validation.orElse(Double.NaN))) {
      validations.put(step, validation.getAsDouble());
    }
  }

  /** The finite losses in the order of the steps. */
  public List<Double> losses() {
    return List.copyOf(losses.values());
  }

  /** Draws them; false if there is nothing to show. */
  boolean draw(Path file, String title) {
    boolean enough = losses.size() > 1;
    if (enough) {
      LossChart.write(file, title, losses, validations);
    }
    return enough;
  }
}
