package dev.lora4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/** The loss over all steps of a run, those before it was gone on with included, as a picture. */
final class LossCurve {
  private final Path file;
  private final String name;
  private final TreeMap<Integer, Double> losses = new TreeMap<>();
  private final TreeMap<Integer, Double> validations = new TreeMap<>();

  LossCurve(Path file, String name) {
    this.file = file;
    this.name = name;
  }

  /** Takes over what the table of the run says already. */
  void begin(Path table) {
    try {
      for (String line : Files.readAllLines(table)) {
        String[] cells = line.split(",", -1);
        if (!line.startsWith("step,")) {
          add(Integer.parseInt(cells[0]), number(cells[1]), number(cells[4]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + table + ": " + e.getMessage(), e);
    }
  }

  /** A cell of the table; what is not known is empty there. */
  private static double number(String cell) {
    return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
  }

  /** Adds a step; numbers that are not finite have no place in a picture. */
  void add(int step, double loss, double validation) {
    if (Double.isFinite(loss)) {
      losses.put(step, loss);
    }
    if (Double.isFinite(validation)) {
      validations.put(step, validation);
    }
  }

  /** The finite losses in the order of the steps. */
  List<Double> losses() {
    return List.copyOf(losses.values());
  }

  /** Writes the picture, if there is anything to show. */
  void draw() {
    if (losses.size() > 1) {
      LossChart.write(file, "Training loss of " + name, losses, validations);
    }
  }

  Path file() {
    return file;
  }
}
