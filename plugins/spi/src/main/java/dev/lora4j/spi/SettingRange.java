package dev.lora4j.spi;

import java.util.ArrayList;
import java.util.List;

/**
 * Range of a setting's numbers; infinite bounds are none.
 *
 * @param min inclusive lower bound
 * @param above exclusive lower bound
 * @param max inclusive upper bound
 * @param below exclusive upper bound
 */
public record SettingRange(double min, double above, double max, double below) {
  /** All numbers. */
  public static final SettingRange ANY =
      new SettingRange(
          Double.NEGATIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          Double.POSITIVE_INFINITY,
          Double.POSITIVE_INFINITY);

  /** Range of an annotation. */
  static SettingRange of(Setting setting) {
    return new SettingRange(setting.min(), setting.above(), setting.max(), setting.below());
  }

  /** Returns true if a number is in the range. */
  public boolean contains(double number) {
    boolean high = number >= min && (number > above || above == Double.NEGATIVE_INFINITY);
    return high && number <= max && (number < below || below == Double.POSITIVE_INFINITY);
  }

  /** Text such as {@code from 0 to below 1}, to follow its subject; empty for any number. */
  String text() {
    List<String> said = new ArrayList<>();
    boolean closed = Double.isFinite(min) && !Double.isFinite(above);
    boolean opened = Double.isFinite(max) || Double.isFinite(below);
    if (closed && opened) {
      return " from " + plain(min) + " to " + (below <= max ? "below " : "") + upper();
    }
    if (Double.isFinite(min)) {
      said.add("of at least " + plain(min));
    }
    if (Double.isFinite(above)) {
      said.add("above " + plain(above));
    }
    if (opened) {
      said.add((below <= max ? "below " : "of at most ") + upper());
    }
    return said.isEmpty() ? "" : " " + String.join(" and ", said);
  }

  private String upper() {
    return plain(Math.min(max, below));
  }

  /** A number as people write it. */
  static String plain(double x) {
    return x == Math.rint(x) && Math.abs(x) < 1e15 ? Long.toString((long) x) : Double.toString(x);
  }
}
