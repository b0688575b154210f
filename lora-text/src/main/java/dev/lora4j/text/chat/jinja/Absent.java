package dev.lora4j.text.chat.jinja;

/** An absent value: None or undefined. */
sealed interface Absent {
  /** Python's None. */
  Absent NONE = new None();

  /** None, which has one instance. */
  record None() implements Absent {}

  /**
   * A name, member or element that is not there. It is empty and false; access to its members
   * fails.
   *
   * @param reason the reason, in Jinja's words
   */
  record Undefined(String reason) implements Absent {}
}
