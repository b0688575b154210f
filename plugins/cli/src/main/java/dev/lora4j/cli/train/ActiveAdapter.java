package dev.lora4j.cli.train;

import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.config.TrainingAdapterKeys;
import dev.lora4j.diffusion.style.TrainingAdapter;
import java.util.Optional;

/**
 * The training adapter of a run: its file, read for the base.
 *
 * @param asked what the keys say
 * @param loaded content of the file
 * @param adapter as the trainer takes it
 */
record ActiveAdapter(
    TrainingAdapterKeys.Values asked, LoadedAdapter loaded, TrainingAdapter adapter) {
  /** That of a run, if it has one. */
  static Optional<ActiveAdapter> of(RunSettings settings, Family base) {
    return settings
        .trainingAdapter()
        .map(
            asked -> {
              LoadedAdapter loaded = AdapterFiles.read(asked.file(), base);
              TrainingAdapter active = new TrainingAdapter(loaded.adapter(), asked.weight());
              return new ActiveAdapter(asked, loaded, active);
            });
  }

  /** Says what it is, and where it is active. */
  void tell(Console console, UsageBaseModel base) {
    base.tell(console, asked.file(), loaded);
    console.note(
        "Trains with "
            + asked.file()
            + " active at weight "
            + asked.weight()
            + ", which the adapter will not contain; previews are made "
            + (asked.previews() ? "with it." : "without it."));
  }
}
