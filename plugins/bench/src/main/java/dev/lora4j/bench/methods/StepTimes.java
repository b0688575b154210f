package dev.lora4j.bench.methods;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.train.log.CsvTracker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Times of steps, from the table that a training writes. */
final class StepTimes {
  private StepTimes() {}

  /**
   * Median of the seconds of a step over the second half of the steps, so without what is made
   * ready at the beginning.
   *
   * @param run folder of the training
   */
  static double median(Path run) {
    Path table = run.resolve(CsvTracker.FILE);
    int column = 1 + CsvTracker.COLUMNS.indexOf("seconds");
    try {
      List<String> lines = Files.readAllLines(table);
      // The last row of the first half is when the second begins; the first line has the names.
      double[] clock =
          lines.stream()
              .skip(Math.max(1, (lines.size() - 1) / 2))
              .map(line -> line.split(",", -1))
              .filter(cells -> cells.length > column && !cells[column].isEmpty())
              .mapToDouble(cells -> Double.parseDouble(cells[column]))
              .toArray();
      // The clock of the table counts from the start of a process, so a resumed run goes back.
      double[] seconds =
          IntStream.range(1, clock.length)
              .mapToDouble(i -> clock[i] - clock[i - 1])
              .filter(s -> s > 0)
              .sorted()
              .toArray();
      if (seconds.length == 0) {
        throw new Failure("There are no times of steps in " + table + ".");
      }
      return (seconds[(seconds.length - 1) / 2] + seconds[seconds.length / 2]) / 2;
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure("The times of steps in " + table + " cannot be read: " + e.getMessage(), e);
    }
  }
}
