package dev.lora4j.spring;

/** A property that cannot be used. */
public final class Lora4jPropertyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String property;

  /**
   * A property that cannot be used.
   *
   * @param property its name
   * @param message what it has, and what is wrong with that
   */
  public Lora4jPropertyException(String property, String message, Throwable cause) {
    super(message, cause);
    this.property = property;
  }

  /** Name of the property. */
  public String property() {
    return property;
  }
}
