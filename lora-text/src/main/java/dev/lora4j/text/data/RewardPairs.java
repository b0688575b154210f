package dev.lora4j.text.data;

import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.chat.ChatTemplate;
import dev.lora4j.text.token.TextTokenizer;
import java.util.List;
import java.util.Optional;

/**
 * The examples of a data set of preferences as whole texts in token ids, as a reward model reads
 * them.
 *
 * <p>A text is the prompt with a completion and the token that ends texts, or a conversation as the
 * chat template writes it, as in TRL 1.16. Nothing is cut, as the end is what is judged: pairs of
 * which one text is too long are left out, as there.
 *
 * @param pairs in the order of the examples
 * @param longer how many were left out
 */
public record RewardPairs(List<PreferencePair> pairs, int longer) {
  /** Copies the pairs. */
  public RewardPairs {
    pairs = List.copyOf(pairs);
  }

  /**
   * Makes tokens of a data set.
   *
   * @param template writes conversations; empty if there is none
   * @param longest number of tokens of the longest text
   * @throws IllegalArgumentException if the examples are no preferences
   * @throws TextDataException with all examples that cannot be used
   */
  static RewardPairs of(
      TextDataSet data, TextTokenizer tokenizer, Optional<ChatTemplate> template, int longest) {
    SequenceLimits any = new SequenceLimits(Integer.MAX_VALUE, SequenceLimits.Longer.REFUSE, false);
    List<PreferencePair> all =
        template
            .map(how -> PreferencePairs.of(data, tokenizer, how, any, false))
            .orElseGet(() -> PreferencePairs.of(data, tokenizer, any, false))
            .pairs();
    List<PreferencePair> kept =
        all.stream()
            .filter(p -> Math.max(p.chosen().length(), p.rejected().length()) <= longest)
            .toList();
    return new RewardPairs(kept, all.size() - kept.size());
  }

  /** Makes tokens of a data set without conversations, see {@link #of}. */
  public static RewardPairs of(TextDataSet data, TextTokenizer tokenizer, int longest) {
    return of(data, tokenizer, Optional.empty(), longest);
  }

  /** Makes tokens of a data set, whose conversations a template writes, see {@link #of}. */
  public static RewardPairs of(
      TextDataSet data, TextTokenizer tokenizer, ChatTemplate template, int longest) {
    return of(data, tokenizer, Optional.of(template), longest);
  }

  /**
   * Tokens of a text of such a pair.
   *
   * @param ended whether the completion is whole, so that the end token follows it
   */
  public static int[] ids(
      String prompt, String completion, boolean ended, TextTokenizer tokenizer) {
    int[] ids = tokenizer.encode(prompt + completion);
    return ended ? EndedTokens.of(ids, tokenizer) : EndedTokens.without(ids, tokenizer);
  }

  /** Tokens of a conversation of such a pair. */
  public static int[] ids(
      List<ChatMessage> conversation, TextTokenizer tokenizer, ChatTemplate template) {
    return tokenizer.encodePlain(template.render(conversation, false));
  }

  /** Notes for the user, as sentences, about what of the data is not learned. */
  public List<String> notes(int longest) {
    return longer == 0
        ? List.of()
        : List.of(
            "%d of %d pairs are left out: a text of theirs has more than %d tokens."
                .formatted(longer, pairs.size() + longer, longest));
  }
}
