package dev.lora4j.cli.text;

import dev.lora4j.text.data.TextDataSet;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Examples of a data set as tokens.
 *
 * @param learned those that are learned
 * @param heldOut those to validate by
 */
record DividedTexts<T>(List<T> learned, List<T> heldOut) {
  /**
   * Divides a data set.
   *
   * @param share that is held out
   * @param tokens makes tokens of a part; notes about it begin with the text that it gets
   */
  static <T> DividedTexts<T> of(
      TextDataSet texts, double share, long seed, BiFunction<TextDataSet, String, List<T>> tokens) {
    if (share == 0) {
      return new DividedTexts<>(tokens.apply(texts, ""), List.of());
    }
    TextDataSet.Split split = texts.split(share, seed);
    return new DividedTexts<>(
        tokens.apply(split.training(), ""),
        tokens.apply(split.validation(), "Of those held out: "));
  }
}
