package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.text.data.AnsweredPrompts;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.pipeline.LanguageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Prompts of a run in which the model writes.
 *
 * @param heldOut those that are only answered
 * @param answers completions of those that are learned, if these are learned too
 */
record HeldOutPrompts(PromptSet learned, PromptSet heldOut, Optional<TextDataSet> answers) {
  /**
   * Reads them.
   *
   * @param share that is held out
   */
  static HeldOutPrompts read(Path data, double share, long seed) {
    PromptSet.Split split = lines(data, PromptSet::read).split(share, seed);
    return new HeldOutPrompts(split.training(), split.validation(), Optional.empty());
  }

  /** {@link #read} with a completion of each. */
  static HeldOutPrompts answered(Path data, double share, long seed) {
    AnsweredPrompts.Split split = lines(data, AnsweredPrompts::read).split(share, seed);
    return new HeldOutPrompts(
        split.training().prompts(), split.validation(), Optional.of(split.training().answers()));
  }

  /** Reads all. */
  static PromptSet all(Path data) {
    return lines(data, PromptSet::read);
  }

  /** Reader of a file or folder. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(Path data) throws IOException;
  }

  private static <T> T lines(Path data, Reader<T> reader) {
    try {
      return reader.read(data);
    } catch (IOException e) {
      throw new Failure("Cannot read " + data + ": " + ErrorExplanation.of(e), e);
    }
  }

  /** Notes where the model ends before completions do. */
  void tellRoom(Console console, LanguageModel model, int maxNewTokens) {
    int room = model.network().longest();
    if (maxNewTokens >= room) {
      console.note(
          "Completions are as long as the model allows, as it reads at most "
              + room
              + " tokens with the prompt.");
    }
  }

  boolean holdsOut() {
    return !heldOut.prompts().isEmpty();
  }

  /** Their numbers. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%d prompts; %d held out", learned.prompts().size(), heldOut.prompts().size());
  }
}
