package dev.lora4j.text.data;

import java.util.Arrays;
import java.util.List;

/**
 * Token ids of a text whose words have classes.
 *
 * @param text the tokens
 * @param firsts for each word, the place of its first token; -1 for words that were cut off
 * @param tags for each word, the number of its class
 */
public record TaggedText(TokenSequence text, List<Integer> firsts, List<Integer> tags) {
  /** The target that counts nothing, as transformers has it. */
  public static final long IGNORED = -100;

  /** Copies its lists. */
  public TaggedText {
    firsts = List.copyOf(firsts);
    tags = List.copyOf(tags);
    if (firsts.size() != tags.size()) {
      throw new IllegalArgumentException(
          firsts.size() + " words have " + tags.size() + " classes.");
    }
  }

  /** Number of words with a token, which are learned and scored. */
  public int words() {
    return (int) firsts.stream().filter(place -> place >= 0).count();
  }

  /**
   * The class of each token: that of a word at its first token, {@link #IGNORED} elsewhere.
   *
   * @param length of the result, at least that of the text
   */
  public long[] targets(int length) {
    long[] all = new long[length];
    Arrays.fill(all, IGNORED);
    for (int word = 0; word < tags.size(); word++) {
      if (firsts.get(word) >= 0) {
        all[firsts.get(word)] = tags.get(word);
      }
    }
    return all;
  }
}
