package dev.lora4j.diffusion.dataset;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Data that cannot be used; the message lists every file and what is wrong with it. */
public final class DataSetException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  DataSetException(Path file, String sentence) {
    super(file + " " + sentence);
  }

  DataSetException(List<DataProblem> errors) {
    super(
        (errors.size() == 1 ? "1 thing has" : errors.size() + " things have")
            + " to be put right first:\n"
            + errors.stream().map(e -> "  " + e).collect(Collectors.joining("\n")));
  }
}
