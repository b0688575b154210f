package dev.lora4j.text.data;

import dev.lora4j.text.token.TextTokenizer;
import java.util.Arrays;

/** Texts that lose their end, but not the tokens that a model has behind every text. */
public final class TruncatedText {
  private TruncatedText() {}

  /**
   * Truncates the tokens of a text.
   *
   * @param ids from {@link TextTokenizer#encode}
   * @param most at least as many as an empty text has
   */
  public static int[] of(int[] ids, TextTokenizer tokenizer, int most) {
    if (ids.length <= most) {
      return ids;
    }
    int[] around = tokenizer.encode("");
    int behind = 0;
    while (behind < Math.min(around.length, most)
        && around[around.length - 1 - behind] == ids[ids.length - 1 - behind]) {
      behind++;
    }
    int[] kept = Arrays.copyOf(ids, most);
    System.arraycopy(ids, ids.length - behind, kept, most - behind, behind);
    return kept;
  }
}
