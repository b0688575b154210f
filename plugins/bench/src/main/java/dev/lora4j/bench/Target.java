package dev.lora4j.bench;

/** Target of a ratio. A target that is missed is reported and is no failure. */
public record Target(double limit, boolean atMost) {
  /** No expectation. */
  public static final Target NONE = new Target(Double.NaN, true);

  /** The ratio should not be greater. */
  public static Target atMost(double limit) {
    return new Target(limit, true);
  }

  /** The ratio should not be less. */
  public static Target atLeast(double limit) {
    return new Target(limit, false);
  }

  /** True if there is a target. */
  public boolean exists() {
    return !Double.isNaN(limit);
  }

  /** True if {@code ratio} reaches the target; also without one. */
  public boolean met(double ratio) {
    return !exists() || (atMost ? ratio <= limit : ratio >= limit);
  }

  /** Text, for example {@code at most 0.5}, empty if there is none. */
  public String text() {
    return exists() ? (atMost ? "at most " : "at least ") + limit : "";
  }
}
