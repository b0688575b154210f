package dev.lora4j.server.library;

/**
 * Something that the operator's log and metrics may want to know. Its text may name paths and is
 * not for clients.
 *
 * @param subject full name of the adapter; empty for notes
 */
public record LibraryEvent(Kind kind, String subject, String text) {
  /** Kinds of events. */
  public enum Kind {
    /** Something about the folders or the state. */
    NOTE,
    /** An adapter was not admitted. */
    REFUSED,
    /** An adapter was loaded. */
    LOADED,
    /** An adapter could not be loaded. */
    FAILED,
    /** An adapter gave room to others. */
    EVICTED,
    /** An adapter was unloaded on request. */
    UNLOADED
  }

  static LibraryEvent note(String text) {
    return new LibraryEvent(Kind.NOTE, "", text);
  }
}
