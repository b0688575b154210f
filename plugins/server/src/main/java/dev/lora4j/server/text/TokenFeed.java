package dev.lora4j.server.text;

import dev.lora4j.text.generate.TokenChoice;
import dev.lora4j.text.pipeline.SessionText;
import java.util.List;

/** Tokens of one text on their way to its listener. For the worker's thread. */
final class TokenFeed {
  private final TokenListener listener;
  private int told;

  TokenFeed(TokenListener listener) {
    this.listener = listener;
  }

  void joined() {
    listener.joined();
  }

  /** Tells of the tokens that came since the last time. */
  void advance(SessionText text, boolean done) {
    if (listener == TokenListener.NONE) {
      return;
    }
    List<TokenChoice> all = text.generated().choices();
    while (told < all.size()) {
      TokenChoice choice = all.get(told++);
      listener.token(choice, done && told == all.size());
    }
  }
}
