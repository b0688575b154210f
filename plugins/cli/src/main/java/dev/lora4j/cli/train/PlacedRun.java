package dev.lora4j.cli.train;

import java.io.Serializable;
import java.util.List;

/**
 * All that another machine needs to make the trainer of a run, if it sees the same files.
 *
 * @param settings every setting of the run, as TOML, with whole paths
 * @param model words of a command line that open the base, with the type that it computes in
 * @param device text of the device that was asked for
 * @param batches of a step
 */
public record PlacedRun(String settings, List<String> model, String device, int batches)
    implements Serializable {
  /** Copies the list. */
  public PlacedRun {
    model = List.copyOf(model);
  }
}
