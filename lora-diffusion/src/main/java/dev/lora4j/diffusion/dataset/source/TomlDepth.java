package dev.lora4j.diffusion.dataset.source;

/**
 * Nesting depth of a TOML text: arrays, inline tables and dotted keys. A parser calls itself at
 * each level, so a text of a few kilobytes could use up the stack.
 */
public final class TomlDepth {
  /** The deepest that is parsed. What people write has two or three levels. */
  public static final int MOST = 100;

  private final String text;
  private int at;
  private int deepest;

  private TomlDepth(String text) {
    this.text = text;
  }

  /** The greatest number of levels that are open at once, be the text valid or not. */
  public static int of(String text) {
    TomlDepth depth = new TomlDepth(text);
    depth.scan();
    return depth.deepest;
  }

  private void scan() {
    int open = 0;
    int dots = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      switch (c) {
        case '[', '{' -> {
          open++;
          dots = 0;
        }
        case ']', '}' -> open = Math.max(0, open - 1);
        case '.' -> dots++;
        case '=', ',' -> dots = 0;
        case '\n' -> dots = 0;
        case '"', '\'' -> string(c);
        case '#' -> comment();
        default -> {}
      }
      deepest = Math.max(deepest, open + dots);
      at++;
    }
  }

  /** Skips to the last character of a string; one without an end takes the rest of its line. */
  private void string(char quote) {
    String three = String.valueOf(quote).repeat(3);
    boolean lines = text.startsWith(three, at);
    String end = lines ? three : String.valueOf(quote);
    at += end.length();
    while (at < text.length() && !text.startsWith(end, at)) {
      if (!lines && text.charAt(at) == '\n') {
        return;
      }
      at += quote == '"' && text.charAt(at) == '\\' ? 2 : 1;
    }
    at += end.length() - 1;
  }

  private void comment() {
    while (at + 1 < text.length() && text.charAt(at + 1) != '\n') {
      at++;
    }
  }
}
