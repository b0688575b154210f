package dev.lora4j.text.train;

import dev.lora4j.text.data.TextDataSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Examples of a data set in the form that a run learns.
 *
 * @param learned those that are learned
 * @param heldOut those to validate by
 * @param notes what of the data is not among them, as sentences for the user
 */
record DividedExamples<T>(List<T> learned, List<T> heldOut, List<String> notes) {
  /** Copies its lists. */
  DividedExamples {
    learned = List.copyOf(learned);
    heldOut = List.copyOf(heldOut);
    notes = List.copyOf(notes);
  }

  /**
   * Divides a data set.
   *
   * @param settings how large a share is held out
   * @param reading makes a part what a run learns
   * @param examples of what was read
   * @param notes about it
   */
  static <R, T> DividedExamples<T> of(
      TextDataSet data,
      TextTrainingSettings settings,
      Function<TextDataSet, R> reading,
      Function<R, List<T>> examples,
      Function<R, List<String>> notes) {
    if (settings.heldOut() == 0) {
      R all = reading.apply(data);
      return new DividedExamples<>(examples.apply(all), List.of(), notes.apply(all));
    }
    TextDataSet.Split split = data.split(settings.heldOut(), settings.training().seed());
    R learned = reading.apply(split.training());
    R others = reading.apply(split.validation());
    List<String> all = new ArrayList<>(notes.apply(learned));
    notes.apply(others).forEach(note -> all.add("Of those held out: " + note));
    return new DividedExamples<>(examples.apply(learned), examples.apply(others), all);
  }
}
