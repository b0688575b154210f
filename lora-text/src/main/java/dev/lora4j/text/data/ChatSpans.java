package dev.lora4j.text.data;

import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.chat.ChatTemplate;
import dev.lora4j.text.token.TextTokenizer;
import dev.lora4j.text.token.TokenizedText;
import java.util.List;

/**
 * Spans of a conversation that the model wrote: those that the template adds for an answer to the
 * conversation before it, with the header of an answer already there. So the mark that ends an
 * answer is learned, and the one that begins it is not.
 */
final class ChatSpans {
  private ChatSpans() {}

  /**
   * A conversation as token ids.
   *
   * @throws IllegalArgumentException if the template refuses it, or writes an answer differently
   *     once messages follow it
   */
  static TokenSequence sequence(
      List<ChatMessage> messages, ChatTemplate template, TextTokenizer tokenizer) {
    String whole = template.render(messages, false);
    TokenizedText text = tokenizer.locate(whole, false);
    boolean[] counted = new boolean[text.length()];
    for (int i = 0; i < messages.size(); i++) {
      if (!messages.get(i).role().equals(ChatMessage.ASSISTANT)) {
        continue;
      }
      String before = i == 0 ? "" : template.render(messages.subList(0, i), true);
      String with = template.render(messages.subList(0, i + 1), false);
      int from = common(whole, before);
      int to = common(whole, with);
      boolean there =
          to > from && whole.substring(from, to).contains(messages.get(i).content().strip());
      if (!there) {
        throw new IllegalArgumentException(
            "the chat template writes answer %d of the conversation differently once more is said, so that its tokens cannot be told. End the conversation with it."
                .formatted(i + 1));
      }
      for (int token = 0; token < counted.length; token++) {
        // A token that reaches across the beginning belongs to the answer.
        counted[token] |= text.ends()[token] > from && text.starts()[token] < to;
      }
    }
    return TokenSequence.of(text.ids(), counted);
  }

  /**
   * Returns true if a token that ends a text is learned in each answer, so that the model learns to
   * stop; also if the tokenizer names none.
   */
  static boolean ended(TokenSequence conversation, TextTokenizer tokenizer) {
    List<Integer> ends = tokenizer.special().ends();
    boolean[] counted = conversation.counted();
    boolean ended = true;
    for (int i = 0; i < counted.length && !ends.isEmpty(); i++) {
      boolean begins = counted[i] && (i == 0 || !counted[i - 1]);
      ended = begins ? false : ended;
      ended |= counted[i] && ends.contains(conversation.ids()[i]);
      boolean last = counted[i] && (i + 1 == counted.length || !counted[i + 1]);
      if (last && !ended) {
        return false;
      }
    }
    return true;
  }

  private static int common(String a, String b) {
    int end = 0;
    while (end < a.length() && end < b.length() && a.charAt(end) == b.charAt(end)) {
      end++;
    }
    return end;
  }
}
