package dev.lora4j.diffusion.dataset;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds files with the same content under several names. */
final class DuplicateFiles {
  private DuplicateFiles() {}

  /** A warning for each file whose bytes an earlier one has. */
  static List<DataProblem> among(List<DataItem> items) {
    Map<String, DataItem> first = new HashMap<>();
    List<DataProblem> problems = new ArrayList<>();
    for (DataItem item : items) {
      DataItem earlier = first.putIfAbsent(item.sha256(), item);
      if (earlier != null && !earlier.file().equals(item.file())) {
        String apart =
            earlier.validation() == item.validation()
                ? "it counts twice."
                : "one of them is held out, so validation measures what was trained on.";
        problems.add(
            DataProblem.warning(
                item.file(), "is the same picture as " + earlier.file() + "; " + apart));
      }
    }
    return problems;
  }
}
