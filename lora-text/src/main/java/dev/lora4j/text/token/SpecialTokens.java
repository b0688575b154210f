package dev.lora4j.text.token;

import java.util.List;
import java.util.Optional;

/**
 * The tokens that mean something beside text. Each is empty where the tokeniser names none.
 *
 * @param begin comes before a text ({@code bos_token})
 * @param end comes after a text ({@code eos_token})
 * @param pad fills what a text leaves of a batch
 * @param unknown stands for what the vocabulary lacks
 * @param classes comes first in encoder models ({@code cls_token})
 * @param separator separates two texts in encoder models ({@code sep_token})
 * @param mask stands for a hidden word in encoder models
 * @param ends all tokens at which generating stops: {@code end}, and those that {@code
 *     generation_config.json} lists
 */
public record SpecialTokens(
    Optional<Token> begin,
    Optional<Token> end,
    Optional<Token> pad,
    Optional<Token> unknown,
    Optional<Token> classes,
    Optional<Token> separator,
    Optional<Token> mask,
    List<Integer> ends) {
  /** Copies its collection. */
  public SpecialTokens {
    ends = List.copyOf(ends);
  }

  /**
   * A token.
   *
   * @param id its number
   * @param text what it is written as
   */
  public record Token(int id, String text) {}

  /**
   * The id that fills batches: of {@code pad}, else of {@code end}, else 0. Whoever pads also
   * masks, so any id does.
   */
  public int padId() {
    return pad.or(() -> end).map(Token::id).orElse(0);
  }
}
