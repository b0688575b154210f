package dev.lora4j.core.spi;

import java.util.ArrayList;
import java.util.List;

/**
 * Which numbers a setting takes; infinite bounds are none.
 *
 * @param least the least that is taken
 * @param above what is taken is above it
 * @param most the greatest that is taken
 * @param below what is taken is below it
 */
public record SettingRange(double least, double above, double most, double below) {
  /** All numbers. */
  public static final SettingRange ANY =
      new SettingRange(
          Double.NEGATIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY);

  /** That of an annotation. */
  static SettingRange of(Setting setting) {
    return new SettingRange(setting.least(), setting.above(), setting.most(), setting.below());
  }

  /** Whether a number is in it. */
  public boolean contains(double number) {
    boolean high = number >= least && (number > above || above == Double.NEGATIVE_INFINITY);
    return high && number <= most && (number < below || below == Double.POSITIVE_INFINITY);
  }

  /** For example {@code from 0 to below 1}, after what it is the range of; empty for any number. */
  String text() {
    List<String> said = new ArrayList<>();
    boolean closed = Double.isFinite(least) && !Double.isFinite(above);
    boolean opened = Double.isFinite(most) || Double.isFinite(below);
    if (closed && opened) {
      return " from " + plain(least) + " to " + (below <= most ? "below " : "") + upper();
    }
    if (Double.isFinite(least)) {
      said.add("of at least " + plain(least));
    }
    if (Double.isFinite(above)) {
      said.add("above " + plain(above));
    }
    if (opened) {
      said.add((below <= most ? "below " : "of at most ") + upper());
    }
    return said.isEmpty() ? "" : " " + String.join(" and ", said);
  }

  private String upper() {
    return plain(Math.min(most, below));
  }

  /** A number as people write it. */
  static String plain(double x) {
    return x == Math.rint(x) && Math.abs(x) < 1e15 ? Long.toString((long) x) : Double.toString(x);
  }
}
