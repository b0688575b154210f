package dev.lora4j.text.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/** Arithmetic and the joining of texts and lists, as in Python. */
final class Operators {
  private Operators() {}

  static Object apply(String operator, Object a, Object b) {
    if (operator.equals("~")) {
      return joined(PythonText.of(a), PythonText.of(b));
    }
    if (operator.equals("+") && a instanceof String x && b instanceof String y) {
      return joined(x, y);
    }
    if (operator.equals("+") && a instanceof List<?> x && b instanceof List<?> y) {
      Budget.list((long) x.size() + y.size());
      List<Object> both = new ArrayList<>(x);
      both.addAll(y);
      return both;
    }
    if (operator.equals("*") && a instanceof String text && Values.isWhole(b)) {
      return repeated(text, Values.whole(b));
    }
    if (operator.equals("*") && Values.isWhole(a) && b instanceof String text) {
      return repeated(text, Values.whole(a));
    }
    if (!Values.isNumber(a) || !Values.isNumber(b)) {
      throw Values.defined(
          a,
          Values.defined(
              b,
              JinjaException.of(
                  "'%s' does not go with %s and %s"
                      .formatted(operator, Values.kind(a), Values.kind(b)))));
    }
    try {
      return Values.isWhole(a) && Values.isWhole(b)
          ? whole(operator, Values.whole(a), Values.whole(b))
          : real(operator, Values.real(a), Values.real(b));
    } catch (ArithmeticException e) {
      throw JinjaException.of("'" + operator + "' has no result: " + e.getMessage());
    }
  }

  static Object sign(String operator, Object value) {
    if (!Values.isNumber(value)) {
      throw Values.defined(value, JinjaException.of("a " + Values.kind(value) + " has no sign"));
    }
    boolean minus = operator.equals("-");
    return Values.isWhole(value)
        ? (Object) (minus ? -Values.whole(value) : Values.whole(value))
        : (Object) (minus ? -Values.real(value) : Values.real(value));
  }

  private static Object whole(String operator, long a, long b) {
    return switch (operator) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "//" -> Math.floorDiv(a, b);
      case "%" -> Math.floorMod(a, b);
      case "**" -> b < 0 ? (Object) Math.pow((double) a, (double) b) : (Object) power(a, b);
      default -> real(operator, (double) a, (double) b);
    };
  }

  private static long power(long base, long exponent) {
    double size = Math.pow((double) base, (double) exponent);
    if (Math.abs(size) >= 0x1p62) {
      throw new ArithmeticException("long overflow");
    }
    long product = 1;
    for (long i = 0; i < exponent && product != 0 && base != 1; i++) {
      product *= base == -1 ? (exponent % 2 == 0 ? 1 : -1) : base;
      if (base == -1) {
        break;
      }
    }
    return product;
  }

  private static Object real(String operator, double a, double b) {
    if (b == 0 && List.of("/", "//", "%").contains(operator)) {
      throw new ArithmeticException("division by zero");
    }
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - b * Math.floor(a / b);
      case "**" -> Math.pow(a, b);
      default -> throw JinjaException.of("'" + operator + "' is not known");
    };
  }

  private static String repeated(String text, long times) {
    Budget.text(text.length() * (double) Math.max(0, times));
    return text.isEmpty() ? "" : text.repeat((int) Math.max(0, times));
  }

  private static String joined(String a, String b) {
    Budget.text((double) a.length() + b.length());
    return a + b;
  }
}
