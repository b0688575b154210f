package dev.lora4j.cli;

import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.core.format.reading.ReadOptions;
import java.nio.file.Path;
import java.util.Optional;

/** Reads adapters of the kinds of bases that are known, and of the bundled one. */
final class AdapterReading {
  private AdapterReading() {}

  /**
   * All that can be said of an adapter.
   *
   * @param base the base that it is for; without it the kind that fits, or the bundled base if that
   *     has each of the adapter's layers
   */
  static Examination examine(Path file, Optional<Family> base, ReadOptions options) {
    Examination found = AdapterFiles.examine(file, base, options);
    if (base.isPresent() || found.known() || found.matched().isEmpty()) {
      return found;
    }
    Examination bundled = AdapterFiles.examine(file, Optional.of(BundledModel.family()), options);
    boolean fits = bundled.unmatched().isEmpty() && bundled.problems().isEmpty();
    return fits ? bundled : found;
  }
}
