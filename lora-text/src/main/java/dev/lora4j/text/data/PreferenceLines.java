package dev.lora4j.text.data;

import dev.lora4j.text.chat.ChatMessage;
import java.util.List;
import java.util.OptionalDouble;

/** Prompts of preferences that have none of their own: what both completions begin with. */
final class PreferenceLines {
  private PreferenceLines() {}

  /**
   * Divides two texts as TRL does: by characters, less a space at the end of what they share.
   *
   * @throws IllegalArgumentException if one is the beginning of the other
   */
  static TextExample.Preference divided(String chosen, String rejected, OptionalDouble margin) {
    int same = 0;
    int shorter = Math.min(chosen.length(), rejected.length());
    while (same < shorter && chosen.charAt(same) == rejected.charAt(same)) {
      same++;
    }
    if (same == shorter) {
      throw new IllegalArgumentException(
          "has no prompt, and one of 'chosen' and 'rejected' is the beginning of the other; give"
              + " the prompt by itself.");
    }
    // Neither half of a character that UTF-16 has two halves for may be left alone.
    if (same > 0 && Character.isHighSurrogate(chosen.charAt(same - 1))) {
      same--;
    }
    if (same > 0 && chosen.charAt(same - 1) == ' ') {
      same--;
    }
    return new TextExample.Preference(
        chosen.substring(0, same), chosen.substring(same), rejected.substring(same), margin);
  }

  /**
   * Divides two conversations: the messages that they share are the prompt.
   *
   * @throws IllegalArgumentException if one is the beginning of the other
   */
  static TextExample.ChatPreference divided(
      List<ChatMessage> chosen, List<ChatMessage> rejected, OptionalDouble margin) {
    int same = 0;
    int shorter = Math.min(chosen.size(), rejected.size());
    while (same < shorter && chosen.get(same).equals(rejected.get(same))) {
      same++;
    }
    if (same == shorter) {
      throw new IllegalArgumentException(
          "has no prompt, and one of 'chosen' and 'rejected' is the beginning of the other; give"
              + " the prompt by itself.");
    }
    return new TextExample.ChatPreference(
        chosen.subList(0, same),
        chosen.subList(same, chosen.size()),
        rejected.subList(same, rejected.size()),
        margin);
  }
}
