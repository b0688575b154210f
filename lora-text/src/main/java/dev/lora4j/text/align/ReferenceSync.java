package dev.lora4j.text.align;

/**
 * Reference that follows the model (TR-DPO, Gorbatovski et al. 2024): every so many steps each of
 * its parameters becomes {@code share * model + (1 - share) * reference}. Those of an adapter are
 * its factors.
 *
 * @param every steps from one time to the next, at least 1
 * @param share of the model, above 0 and up to 1, at which the reference is the model as it is
 */
public record ReferenceSync(int every, double share) {
  /** Share where nothing else is said, as in TRL. */
  public static final double SHARE = 0.6;

  /** Checks the numbers. */
  public ReferenceSync {
    if (every < 1) {
      throw new IllegalArgumentException(
          "A reference follows the model every so many steps, at least 1, found " + every + ".");
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "A reference takes a share above 0 and up to 1 of the model, found " + share + ".");
    }
  }

  /**
   * Reads {@code STEPS} or {@code STEPS:SHARE}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static ReferenceSync parse(String text) {
    String[] parts = text.split(":", -1);
    try {
      if (parts.length <= 2) {
        return new ReferenceSync(
            Integer.parseInt(parts[0].strip()),
            parts.length == 1 ? SHARE : Double.parseDouble(parts[1].strip()));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(wrong(text), e);
    }
    throw new IllegalArgumentException(wrong(text));
  }

  private static String wrong(String text) {
    return "Expected STEPS or STEPS:SHARE, as in 512:0.6, found " + text + ".";
  }

  /** As {@link #parse} reads it. */
  public String text() {
    return every + ":" + share;
  }
}
