package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.pipeline.LanguageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Prompts of a run in which the model writes.
 *
 * @param heldOut those that are only answered
 */
record HeldOutPrompts(PromptSet learned, PromptSet heldOut) {
  /**
   * Reads them.
   *
   * @param share that is held out
   */
  static HeldOutPrompts read(Path data, double share, long seed) {
    PromptSet all = prompts(data);
    PromptSet.Split split =
        share == 0 ? new PromptSet.Split(all, PromptSet.NONE) : all.split(share, seed);
    return new HeldOutPrompts(split.training(), split.validation());
  }

  /** Reads all. */
  static PromptSet prompts(Path data) {
    try {
      return PromptSet.read(data);
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
