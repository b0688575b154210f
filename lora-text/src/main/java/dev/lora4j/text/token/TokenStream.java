package dev.lora4j.text.token;

import java.util.Arrays;

/**
 * Text from ids that come one after the other. A token may be part of a character, which is held
 * back until it is whole, and whether a word has a space before it depends on what came before. The
 * pieces together are the text that {@link TextTokenizer#decode} makes of all the ids.
 *
 * <p>For one thread. Made by {@link TextTokenizer#stream}.
 */
public final class TokenStream {
  private static final char BROKEN = '\ufffd';

  /** Held ids, above which broken bytes are no character that is on its way. */
  private static final int LONGEST_CHARACTER = 8;

  private final TextTokenizer tokenizer;
  private int[] window;
  private int told;

  TokenStream(TextTokenizer tokenizer, int[] before) {
    this.tokenizer = tokenizer;
    this.window = before.clone();
    this.told = window.length;
  }

  /** The text that one more id completes; empty if it completes none. */
  public String next(int id) {
    window = Arrays.copyOf(window, window.length + 1);
    window[window.length - 1] = id;
    String whole = tokenizer.decode(window, true);
    boolean unfinished =
        !whole.isEmpty()
            && whole.charAt(whole.length() - 1) == BROKEN
            && window.length - told < LONGEST_CHARACTER;
    return unfinished ? "" : tell(whole);
  }

  /** Text that was held back: the bytes of a character that never became whole, as U+FFFD. */
  public String end() {
    return tell(tokenizer.decode(window, true));
  }

  private String tell(String whole) {
    String before = tokenizer.decode(Arrays.copyOf(window, told), true);
    String text =
        whole.startsWith(before)
            ? whole.substring(before.length())
            // Bytes that belong to nothing also change how those before them are read.
            : tokenizer.decode(Arrays.copyOfRange(window, told, window.length), true);
    if (!text.isEmpty()) {
      // The last piece stays: it begins with a whole character, and the next one depends on it.
      window = Arrays.copyOfRange(window, told, window.length);
      told = window.length;
    }
    return text;
  }
}
