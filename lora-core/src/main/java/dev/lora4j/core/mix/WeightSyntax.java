package dev.lora4j.core.mix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Weights as people write them. */
final class WeightSyntax {
  private static final String NUMBER = "[-+]?(?:[0-9]+\\.?|\\.)[0-9]*(?:[eE][-+]?[0-9]+)?";
  private static final String SHARE = "(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)";
  private static final Pattern WINDOW =
      Pattern.compile("(" + NUMBER + ")(?::(" + SHARE + ")-(" + SHARE + "))?");
  private static final Pattern CURVE = Pattern.compile("([^:]*@[^:]*)(?::(linear|cosine))?");
  private static final Pattern TABLE = Pattern.compile(NUMBER + "(?:,\\s*" + NUMBER + ")+");
  private static final Pattern POINT = Pattern.compile("(" + NUMBER + ")@(" + SHARE + ")");

  private WeightSyntax() {}

  static Weight parse(String text) {
    Matcher window = WINDOW.matcher(text);
    if (window.matches()) {
      return new StepWindow(
          number(window.group(1), 1), number(window.group(2), 0), number(window.group(3), 1));
    }
    if (TABLE.matcher(text).matches()) {
      return new StepwiseWeight(
          Arrays.stream(text.split(",", -1)).map(v -> number(v.strip(), 0)).toList());
    }
    Matcher curve = CURVE.matcher(text);
    if (!curve.matches()) {
      throw unknown(text);
    }
    List<WeightCurve.Point> points = new ArrayList<>();
    for (String part : curve.group(1).split(",", -1)) {
      Matcher point = POINT.matcher(part.strip());
      if (!point.matches()) {
        throw unknown(text);
      }
      points.add(new WeightCurve.Point(number(point.group(1), 0), number(point.group(2), 0)));
    }
    return new WeightCurve(
        points,
        "cosine".equals(curve.group(2)) ? WeightCurve.Course.COSINE : WeightCurve.Course.LINEAR);
  }

  private static IllegalArgumentException unknown(String text) {
    return new IllegalArgumentException(
        wrong(text)
            + "a weight is a number, 0.7; with a share of the steps, 0.7:0.5-1; a curve of WEIGHT@SHARE,"
            + " 0@0,1@0.5,0.2@1, with :cosine for rounded turns; or a value for each of several"
            + " equal parts of the steps, 0,0.5,1; found '"
            + text
            + "'");
  }

  /** Error in a part of a weight's text; empty if only the whole form is wrong. */
  private static String wrong(String text) {
    String[] parts = text.split(":", 2);
    for (String point : parts[0].split(",", -1)) {
      String[] ends = point.strip().split("@", 2);
      if (!ends[0].matches(NUMBER)) {
        return "the weight '" + ends[0] + "' is no number; ";
      }
      if (ends.length == 2 && !ends[1].matches(SHARE)) {
        return "the share '" + ends[1] + "' is no number; ";
      }
    }
    if (parts.length == 1) {
      return "";
    }
    return parts[0].contains("@")
        ? "a curve is linear or cosine, not '" + parts[1] + "'; "
        : "'" + parts[1] + "' is no FROM-TO of numbers; ";
  }

  private static double number(@Nullable String text, double otherwise) {
    try {
      return text == null ? otherwise : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is no number", e);
    }
  }

  /** Text of a number, without a decimal point for integers. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
