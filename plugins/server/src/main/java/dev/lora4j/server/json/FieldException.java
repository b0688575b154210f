package dev.lora4j.server.json;

/** A field of a request that cannot be used; the message is for the client. */
public final class FieldException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String field;

  /**
   * An error of a field.
   *
   * @param field its path, for example {@code messages[0].role}; empty for the whole body
   * @param message what was expected, and what was found
   */
  public FieldException(String field, String message) {
    super(message);
    this.field = field;
  }

  /** Path of the field; empty for the whole body. */
  public String field() {
    return field;
  }
}
