package dev.lora4j.core.tensor;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Condition on the input for reading a layer's weight packed: never, always, a range of the number
 * of places, or two square feature maps of one size.
 *
 * @param rule which of these
 * @param least fewest places of a whole batch, or the side of the square
 * @param most most places of a whole batch; the side again for a square
 */
record Packing(Rule rule, long least, long most) {
  /** The forms of it. */
  enum Rule {
    NEVER,
    ALWAYS,
    BETWEEN,
    SQUARE
  }

  private static final Pattern TEXT =
      Pattern.compile("(never|always|between (\\d{1,18}) (\\d{1,19})|square (\\d{1,9}))(;.*)?");

  /** Feature maps of a {@link Rule#SQUARE}. */
  static final int BATCH = 2;

  static final Packing NEVER = new Packing(Rule.NEVER, 0, 0);
  static final Packing ALWAYS = new Packing(Rule.ALWAYS, 0, 0);

  /** Packing for numbers of places in a range; {@link Long#MAX_VALUE} is no bound. */
  static Packing between(long least, long most) {
    return least <= 1 && most == Long.MAX_VALUE ? ALWAYS : new Packing(Rule.BETWEEN, least, most);
  }

  /**
   * Packing for two feature maps of {@code side} x {@code side}, with and without guidance. Where
   * the best arrangement of a weight depends on all sizes of the input, it is the best for this one
   * alone.
   */
  static Packing square(long side) {
    return new Packing(Rule.SQUARE, side, side);
  }

  /** Reads the output of {@link #text}; empty for any other text. */
  static Optional<Packing> parse(String text) {
    Matcher found = TEXT.matcher(text);
    if (!found.matches()) {
      return Optional.empty();
    }
    String word = found.group(1);
    if (word.equals("never")) {
      return Optional.of(NEVER);
    }
    if (word.equals("always")) {
      return Optional.of(ALWAYS);
    }
    try {
      return Optional.of(
          word.startsWith("square")
              ? square(Long.parseLong(found.group(4)))
              : between(Long.parseLong(found.group(2)), Long.parseLong(found.group(3))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Text for a file. */
  String text() {
    return switch (rule) {
      case NEVER -> "never";
      case ALWAYS -> "always";
      case BETWEEN -> "between " + least + " " + most;
      case SQUARE -> "square " + least;
    };
  }

  /** Description for people. */
  String described() {
    return switch (rule) {
      case NEVER -> "plain is faster";
      case ALWAYS -> "always packed";
      case SQUARE -> "packed for " + BATCH + " maps of " + least + "x" + least;
      case BETWEEN ->
          "packed"
              + (least > 1 ? " from " + least + " places on" : "")
              + (most < Long.MAX_VALUE ? " up to " + most + " places" : "");
    };
  }

  boolean never() {
    return rule == Rule.NEVER;
  }

  /** Returns true if the packing depends on the input. */
  boolean sometimes() {
    return rule == Rule.BETWEEN || rule == Rule.SQUARE;
  }

  /**
   * The question to an input, as program text.
   *
   * @param x the input's variable
   * @param width numbers of it at each place
   */
  String condition(String x, long width) {
    if (rule == Rule.SQUARE) {
      return "torch.eq(torch.size(%s), [%d, %d, %d, %d])".formatted(x, BATCH, width, least, least);
    }
    String enough = "torch.ge(torch.numel(%s), %d)".formatted(x, least * width);
    if (most == Long.MAX_VALUE) {
      return enough;
    }
    String few = "torch.le(torch.numel(%s), %d)".formatted(x, most * width);
    return least <= 1 ? few : "torch.__and__(" + enough + ", " + few + ")";
  }
}
