package dev.lora4j.core.tensor;

/** A keyword argument of an operator staged with {@link Graph#call}. */
public record Keyword(String name, Object value) {
  /** An absent optional argument, in its place among the others. */
  public static final Keyword NONE = new Keyword("", "");

  /** {@code name=value}. */
  public static Keyword of(String name, Object value) {
    return new Keyword(name, value);
  }
}
