package dev.lora4j.cli.text;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.text.data.PreferencePairs;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextForm;
import java.io.IOException;
import java.nio.file.Path;

/** Data sets of what people think of answers. */
final class AlignmentTexts {
  private AlignmentTexts() {}

  /**
   * Reads one.
   *
   * @param form that it has to have
   * @throws Failure if it has another
   * @throws dev.lora4j.text.data.TextDataException with all pairs of equal answers
   */
  static TextDataSet read(Path data, TextForm form) {
    try {
      TextDataSet texts = TextDataSet.read(data);
      if (texts.form() != form) {
        throw new Failure(
            data
                + " has lines of the form "
                + texts.form()
                + ", and this method takes lines of "
                + form
                + ". "
                + other(texts.form()));
      }
      PreferencePairs.requireDifferent(texts);
      return texts;
    } catch (IOException e) {
      throw new Failure("Cannot read " + data + ": " + ErrorExplanation.of(e), e);
    }
  }

  /**
   * Reads pairs.
   *
   * @throws Failure if they are none, or have margins, which nothing would look at
   */
  static TextDataSet withoutMargins(Path data) {
    TextDataSet texts = read(data, TextForm.PREFERENCE);
    if (texts.margins()) {
      throw new Failure(
          data
              + " has pairs with a 'margin', which reward alone learns. Take text align reward, or"
              + " leave margins out.");
    }
    return texts;
  }

  private static String other(TextForm found) {
    return switch (found) {
      case PREFERENCE -> "Take dpo, cpo, simpo, orpo or reward for pairs.";
      case JUDGED -> "Take kto for single answers.";
      default -> "Learn it by text train, or say which answers are better.";
    };
  }
}
