package dev.lora4j.text.pipeline;

import dev.lora4j.text.token.TokenStream;
import java.util.List;
import java.util.function.Consumer;

/** Text that grows token by token until it has a text to stop at. */
final class StreamedText {
  private final TokenStream stream;
  private final List<String> stops;
  private final Consumer<String> heard;
  private final StringBuilder text = new StringBuilder();
  private int told;
  private boolean stopped;

  /**
   * @param heard receives text that is sure to stay
   */
  StreamedText(TokenStream stream, List<String> stops, Consumer<String> heard) {
    this.stream = stream;
    this.stops = stops;
    this.heard = heard;
  }

  /** Adds a token; true if the text ends there. */
  boolean add(int token) {
    append(stream.next(token));
    return stopped;
  }

  /** The whole text, when no token comes any more. */
  String end() {
    if (!stopped) {
      append(stream.end());
      tell(text.length());
    }
    return text.toString();
  }

  boolean stopped() {
    return stopped;
  }

  private void append(String piece) {
    text.append(piece);
    // A stop may have begun before this piece, in text that was held back for that reason.
    for (String stop : stops) {
      int at = text.indexOf(stop, told);
      if (at >= 0) {
        text.setLength(at);
        stopped = true;
      }
    }
    tell(stopped ? text.length() : text.length() - held());
  }

  /** Number of characters at the end that may be the beginning of a stop text. */
  private int held() {
    int most = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, text.length() - told);
          length > most;
          length--) {
        if (text.indexOf(stop.substring(0, length), text.length() - length) >= 0) {
          most = length;
        }
      }
    }
    return most;
  }

  private void tell(int to) {
    if (to > told) {
      heard.accept(text.substring(told, to));
      told = to;
    }
  }
}
