package dev.lora4j.text.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Token ids of a text, of one that belongs to it, and of others that do not.
 *
 * @param anchor such as a question
 * @param positive such as its answer
 * @param negatives such as answers that look right and are not
 */
public record MatchedText(
    TokenSequence anchor, TokenSequence positive, List<TokenSequence> negatives) {
  /** Copies its list. */
  public MatchedText {
    negatives = List.copyOf(negatives);
  }

  /** The positive, then the negatives. */
  public List<TokenSequence> documents() {
    List<TokenSequence> all = new ArrayList<>(List.of(positive));
    all.addAll(negatives);
    return List.copyOf(all);
  }
}
