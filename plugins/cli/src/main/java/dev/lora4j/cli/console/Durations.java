package dev.lora4j.cli.console;

import java.util.Locale;

/** Durations as text for people. */
public final class Durations {
  private Durations() {}

  /** Text, for example {@code 0.8 s}, {@code 42 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
  public static String text(double seconds) {
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    if (whole < 3600) {
      return whole / 60 + " min " + whole % 60 + " s";
    }
    return whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }

  /** Time since {@code nanoTime}, as text. */
  public static String since(long nanoTime) {
    return text((System.nanoTime() - nanoTime) / 1e9);
  }
}
