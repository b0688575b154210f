package dev.lora4j.text.chat.jinja;

/** A template that cannot be read or run. */
public final class JinjaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int line;

  JinjaException(int line, String message) {
    super(message);
    this.line = line;
  }

  /** A copy with this line if it has none yet; otherwise itself. */
  JinjaException at(int place) {
    return line > 0 ? this : new JinjaException(place, String.valueOf(getMessage()));
  }

  /** One without a place, which whoever runs the line adds. */
  static JinjaException of(String message) {
    return new JinjaException(0, message);
  }

  /** The line of the template, counted from 1; 0 if it is not known. */
  public int line() {
    return line;
  }
}
