package dev.lora4j.text.data;

import dev.lora4j.text.token.SpecialTokens.Token;
import dev.lora4j.text.token.TextTokenizer;
import java.util.Arrays;
import java.util.Optional;

/** Texts with the token that ends them, which a model learns to stop by. */
final class EndedTokens {
  private EndedTokens() {}

  /** The ids, with the end token after them if there is one and they have not. */
  static int[] of(int[] ids, TextTokenizer tokenizer) {
    Optional<Token> end = tokenizer.special().end();
    if (end.isEmpty() || (ids.length > 0 && ids[ids.length - 1] == end.get().id())) {
      return ids;
    }
    int[] more = Arrays.copyOf(ids, ids.length + 1);
    more[ids.length] = end.get().id();
    return more;
  }

  /** The ids without an end token that the tokeniser put after them. */
  static int[] without(int[] ids, TextTokenizer tokenizer) {
    Optional<Token> end = tokenizer.special().end();
    boolean ended = end.isPresent() && ids.length > 1 && ids[ids.length - 1] == end.get().id();
    return ended ? Arrays.copyOf(ids, ids.length - 1) : ids;
  }
}
