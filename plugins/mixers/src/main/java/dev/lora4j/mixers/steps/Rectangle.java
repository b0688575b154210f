package dev.lora4j.mixers.steps;

import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.RegionMask;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A part of a picture, in shares of its width from the left and of its height from the top. */
record Rectangle(double left, double right, double top, double bottom) {
  /** Rows and columns on which it is known: finer than any latent that a picture has. */
  private static final int GRID = 256;

  private static final Map<String, Rectangle> NAMED =
      Map.of(
          "left", new Rectangle(0, 0.5, 0, 1),
          "right", new Rectangle(0.5, 1, 0, 1),
          "top", new Rectangle(0, 1, 0, 0.5),
          "bottom", new Rectangle(0, 1, 0.5, 1),
          "middle", new Rectangle(0.25, 0.75, 0.25, 0.75));

  private static final String SHARE = "(0(?:\\.\\d+)?|1(?:\\.0+)?|\\.\\d+)";
  private static final Pattern SIDES =
      Pattern.compile(SHARE + "-" + SHARE + "x" + SHARE + "-" + SHARE);

  /** Reads a name, or {@code LEFT-RIGHTxTOP-BOTTOM}. */
  static Rectangle parse(String text) {
    Rectangle named = NAMED.get(text);
    if (named != null) {
      return named;
    }
    Matcher sides = SIDES.matcher(text);
    if (sides.matches()) {
      double left = Double.parseDouble(sides.group(1));
      double right = Double.parseDouble(sides.group(2));
      double top = Double.parseDouble(sides.group(3));
      double bottom = Double.parseDouble(sides.group(4));
      if (left < right && top < bottom) {
        return new Rectangle(left, right, top, bottom);
      }
    }
    throw new IllegalArgumentException(
        "areas takes left, right, top, bottom, middle, or LEFT-RIGHTxTOP-BOTTOM in shares of the"
            + " picture, for example 0.1-0.6x0-0.5; found '"
            + text
            + "'");
  }

  /**
   * The rectangle as an area.
   *
   * @param feather width over which the share falls from 1 to 0, half of it on each side of the
   *     edge
   */
  RegionMask area(String name, double feather) {
    float[] shares = new float[GRID * GRID];
    for (int i = 0; i < shares.length; i++) {
      shares[i] =
          (float) (within(left, right, i % GRID, feather) * within(top, bottom, i / GRID, feather));
    }
    return new RegionMask(name, new GridSize(GRID, GRID), shares);
  }

  /** An edge of the picture is none of the area. */
  private static double within(double from, double to, int place, double feather) {
    double width = Math.max(feather, 1.0 / GRID);
    double at = (place + 0.5) / GRID;
    double rise = from == 0 ? 1 : (at - from) / width + 0.5;
    double fall = to == 1 ? 1 : (to - at) / width + 0.5;
    return Math.max(0, Math.min(1, Math.min(rise, fall)));
  }
}
