package dev.lora4j.diffusion.config;

import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.diffusion.train.objective.TimestepWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Text file with one number a line: weights of timesteps, from most noise to least. */
final class TimestepWeightFile {
  private TimestepWeightFile() {}

  /**
   * Reads a file; empty lines are left out.
   *
   * @throws IllegalArgumentException if it cannot be read, or a line is no number of at least 0
   */
  static TimestepWeights read(Path file) {
    List<Double> weights = new ArrayList<>();
    List<String> lines = lines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        weights.add(weight(lines.get(i).strip(), file + ", line " + (i + 1)));
      }
    }
    if (weights.size() < 2) {
      throw new IllegalArgumentException(
          "loss.timestep_weights: %s has %d numbers; expected at least two, one a line, from most"
                  .formatted(file, weights.size())
              + " noise to least.");
    }
    return new TimestepWeights(weights);
  }

  private static List<String> lines(Path file) {
    try {
      return RegularFile.lines(file, RegularFile.TEXT);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "loss.timestep_weights: "
              + file
              + " cannot be read ("
              + RegularFile.trouble(e)
              + "); expected a text file with one number a line.",
          e);
    }
  }

  private static double weight(String text, String where) {
    double weight;
    try {
      weight = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      weight = Double.NaN;
    }
    if (!Double.isFinite(weight) || weight < 0) {
      throw new IllegalArgumentException(
          "loss.timestep_weights: " + where + ": expected a number of at least 0, found " + text);
    }
    return weight;
  }
}
