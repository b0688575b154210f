package dev.lora4j.cli.train;

import dev.lora4j.diffusion.config.ResolvedRun;
import dev.lora4j.diffusion.config.RunSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Description of a run for a {@link RunLog}, whatever is trained.
 *
 * @param name of the adapter
 * @param folder of the run
 * @param settings as in a run file
 * @param trackers its trackers, as in {@code logging.trackers}
 * @param unit name of a sample, in the singular
 * @param perStep number of samples in a step
 */
public record LoggedRun(
    String name,
    Path folder,
    Map<String, String> settings,
    List<String> trackers,
    String unit,
    int perStep) {
  /** A run on pictures. */
  static LoggedRun of(RunSettings settings, int perStep) {
    return new LoggedRun(
        settings.name(),
        settings.folder(),
        ResolvedRun.texts(settings.values()),
        settings.saving().trackers(),
        "picture",
        perStep);
  }
}
