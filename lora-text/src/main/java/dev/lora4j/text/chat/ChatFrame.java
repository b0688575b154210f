package dev.lora4j.text.chat;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.token.PaddedTokenizer.Around;
import dev.lora4j.text.token.TextTokenizer;
import java.util.List;
import java.util.Map;

/** Tokens of a chat around a prompt, which is the one message of a user. */
public final class ChatFrame {
  /** A word that templates leave as it is. */
  private static final String PROMPT = "lora4j-prompt";

  private ChatFrame() {}

  /**
   * The tokens of a tokeniser's chat template around the message, the beginning of an answer
   * included.
   *
   * @param switches of the template, such as {@code enable_thinking}
   * @throws ModelException if the tokeniser has no chat template, or it cannot be run
   */
  public static Around around(TextTokenizer words, Map<String, Boolean> switches) {
    try {
      ChatTemplate template =
          ChatTemplate.of(words)
              .orElseThrow(
                  () ->
                      new ModelException(
                          words
                              + " has no chat template, which the prompts of this base are put"
                              + " into. Take the tokeniser of the base's own folder."));
      for (Map.Entry<String, Boolean> chosen : switches.entrySet()) {
        template = template.with(chosen.getKey(), chosen.getValue());
      }
      String text = template.render(List.of(new ChatMessage("user", PROMPT)), true);
      int at = text.indexOf(PROMPT);
      if (at < 0) {
        throw new ModelException(words + ": the chat template leaves the message out.");
      }
      return Around.texts(words, text.substring(0, at), text.substring(at + PROMPT.length()));
    } catch (ChatTemplateException e) {
      throw new ModelException(words + ": " + e.getMessage(), e);
    }
  }
}
