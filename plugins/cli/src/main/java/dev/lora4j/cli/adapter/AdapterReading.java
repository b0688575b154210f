package dev.lora4j.cli.adapter;

import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.metadata.RecordedBaseModel;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.core.format.reading.ReadOptions;
import java.nio.file.Path;
import java.util.Optional;

/** Reads adapters of bases that their headers name, of kinds that are known, and of the bundled. */
public final class AdapterReading {
  private AdapterReading() {}

  /**
   * Examines an adapter for a base.
   *
   * @param named without it as {@link #examine(Path, ReadOptions)}
   */
  static Examination examine(Path file, Optional<Family> named, ReadOptions options) {
    return named.isPresent()
        ? AdapterFiles.examine(file, named.get(), options)
        : examine(file, options);
  }

  /**
   * Examines an adapter for the base that its header names, if that is here; else for the kind that
   * fits, or a bundled one if that has each of the adapter's layers.
   */
  public static Examination examine(Path file, ReadOptions options) {
    TrainingBaseModel trained = TrainingBaseModel.of(file, AdapterFiles.metadata(file));
    if (trained.base().isEmpty()) {
      return unnamed(file, trained.mark(), options);
    }
    Family base = trained.base().orElseThrow();
    Examination found = AdapterFiles.examine(file, base, options);
    boolean lost = !found.notFinite().isEmpty();
    if (found.unmatched().isEmpty() && (lost || found.problems().isEmpty())) {
      return found;
    }
    boolean fits = AdapterFiles.fits(file, base);
    if (fits && found.unmatched().isEmpty()) {
      return found; // values are wrong, or a part is missing
    }
    String contradiction =
        "The header says that it was trained on "
            + trained.mark().text()
            + ", but "
            + (fits ? "not all" : "most")
            + " of its layers "
            + (fits ? "" : "do not ")
            + "fit that base.";
    return (fits ? found : guessed(file, options)).warned(contradiction);
  }

  /**
   * Examines by keys and shapes alone; where no kind is known, it reports the base in the header.
   */
  private static Examination unnamed(Path file, RecordedBaseModel mark, ReadOptions options) {
    Examination found = guessed(file, options);
    if (found.known() || !mark.said()) {
      return found;
    }
    return found
        .titled(mark.text())
        .warned(
            "It was trained on "
                + mark.text()
                + ", which is not here, so its layers are only guessed. Name that base by --base.");
  }

  private static Examination guessed(Path file, ReadOptions options) {
    Examination found = AdapterFiles.examine(file, options);
    boolean layers = !found.matched().isEmpty() || !found.unmatched().isEmpty();
    if (found.known() || !layers) {
      return found;
    }
    for (BundledModel bundled : BundledModel.values()) {
      Examination tried = AdapterFiles.examine(file, bundled.family(), options);
      boolean fits = tried.unmatched().isEmpty() && tried.problems().isEmpty();
      if (fits && !tried.matched().isEmpty()) {
        return tried;
      }
    }
    return found;
  }
}
