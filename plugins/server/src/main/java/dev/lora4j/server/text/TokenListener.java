package dev.lora4j.server.text;

import dev.lora4j.text.generate.TokenChoice;

/**
 * Listener to the tokens of one text, on the worker's thread. It must not block or fail. Prompts
 * that ask for no log-probabilities tell of no tokens.
 */
public interface TokenListener {
  /** Hears nothing. */
  TokenListener NONE =
      new TokenListener() {
        @Override
        public void joined() {}

        @Override
        public void token(TokenChoice choice, boolean last) {}
      };

  /** The text has left the queue, and its prompt is read next. */
  void joined();

  /**
   * A token was generated.
   *
   * @param last true if no other follows
   */
  void token(TokenChoice choice, boolean last);
}
