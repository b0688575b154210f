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
      for (String line : Files.readAllLines(table).subList(1, (int) count(table))) {
        String[] cells = line.split(",", -1);
        int step = Integer.parseInt(cells[0]);
        losses.put(step, Double.parseDouble(cells[1]));
        if (!cells[4].isEmpty()) {
          validations.put(step, Double.parseDouble(cells[4]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + table + ": " + e.getMessage(), e);
    }
  }

  private static long count(Path table) throws IOException {
    try (var lines = Files.lines(table)) {
      return lines.count();
    }
  }

  void add(int step, double loss, double validation) {
    losses.put(step, loss);
    if (!Double.isNaN(validation)) {
      validations.put(step, validation);
    }
  }

  /** The losses in the order of the steps. */
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
