package dev.lora4j.text.chat.jinja;

/** A word of an expression. */
record Token(Kind kind, String text, int line) {
  /** Kind of a token. */
  enum Kind {
    NAME,
    STRING,
    INTEGER,
    REAL,
    SIGN,
    END
  }

  boolean is(String sign) {
    return (kind == Kind.SIGN || kind == Kind.NAME) && text.equals(sign);
  }
}
