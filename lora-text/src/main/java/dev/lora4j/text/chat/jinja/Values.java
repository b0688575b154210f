package dev.lora4j.text.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Python's operators on values: text, {@link Long}, {@link Double}, {@link Boolean}, {@link List},
 * {@link Map} with text as keys, {@link Absent}.
 */
final class Values {
  private Values() {}

  /** The name that Python has for its kind. */
  static String kind(Object value) {
    if (value instanceof String) {
      return "str";
    } else if (value instanceof Boolean) {
      return "bool";
    } else if (value instanceof Long) {
      return "int";
    } else if (value instanceof Double) {
      return "float";
    } else if (value instanceof List) {
      return "list";
    } else if (value instanceof Map) {
      return "dict";
    } else if (value instanceof Absent.None) {
      return "NoneType";
    }
    return value instanceof Callable ? "function" : value.getClass().getSimpleName();
  }

  static boolean truth(Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    } else if (value instanceof Number number) {
      return number.doubleValue() != 0;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (value instanceof List<?> list) {
      return !list.isEmpty();
    } else if (value instanceof Map<?, ?> map) {
      return !map.isEmpty();
    }
    return !(value instanceof Absent);
  }

  static boolean equal(Object a, Object b) {
    Budget.work(a instanceof String text ? 1 + text.length() / 16 : 1);
    if (isNumber(a) && isNumber(b)) {
      if (isWhole(a) && isWhole(b)) {
        return whole(a) == whole(b);
      }
      return real(a) == real(b);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      boolean same = x.size() == y.size();
      for (int i = 0; same && i < x.size(); i++) {
        same = equal(x.get(i), y.get(i));
      }
      return same;
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.keySet().equals(y.keySet())
          && x.entrySet().stream()
              .allMatch(e -> equal(e.getValue(), Objects.requireNonNull(y.get(e.getKey()))));
    }
    if (a instanceof Absent.Undefined && b instanceof Absent.Undefined) {
      return true;
    }
    return a.equals(b);
  }

  static int compare(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return isWhole(a) && isWhole(b)
          ? Long.compare(whole(a), whole(b))
          : Double.compare(real(a), real(b));
    }
    if (a instanceof String x && b instanceof String y) {
      Budget.work((long) x.length() + y.length());
      int[] left = x.codePoints().toArray();
      int[] right = y.codePoints().toArray();
      return java.util.Arrays.compare(left, right);
    }
    throw defined(a, JinjaException.of("%s and %s have no order".formatted(kind(a), kind(b))));
  }

  static boolean contains(Object within, Object value) {
    if (within instanceof String text) {
      if (value instanceof String part) {
        Budget.search(text, part);
        return text.contains(part);
      }
      throw JinjaException.of("a " + kind(value) + " cannot be in a str");
    }
    return items(within).stream().anyMatch(item -> equal(item, value));
  }

  /** Items of a loop over a value; of a map its keys. */
  static List<Object> items(Object value) {
    if (value instanceof List<?> list) {
      Budget.list(list.size());
      return new ArrayList<>(list);
    } else if (value instanceof Map<?, ?> map) {
      Budget.list(map.size());
      return new ArrayList<>(map.keySet());
    } else if (value instanceof String text) {
      Budget.list(text.length());
      return new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
    } else if (value instanceof Absent.Undefined) {
      return new ArrayList<>();
    }
    throw JinjaException.of("'" + kind(value) + "' object is not iterable");
  }

  static long length(Object value) {
    if (value instanceof String text) {
      Budget.work(text.length() / 16);
      return text.codePointCount(0, text.length());
    }
    return value instanceof List<?> list ? list.size() : items(value).size();
  }

  /** A value that may be a key, as lists and maps are none. */
  static Object hashable(Object value) {
    if (value instanceof List || value instanceof Map) {
      throw JinjaException.of("unhashable type: '" + kind(value) + "'");
    }
    return value;
  }

  static boolean isNumber(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  static boolean isWhole(Object value) {
    return value instanceof Long || value instanceof Boolean;
  }

  static long whole(Object value) {
    if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    } else if (value instanceof Long number) {
      return number;
    }
    throw defined(value, JinjaException.of("a " + kind(value) + " is given for a whole number"));
  }

  static double real(Object value) {
    return value instanceof Double number ? number : whole(value);
  }

  static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw defined(value, JinjaException.of("a " + kind(value) + " is given for a text"));
  }

  /** The error to report: an undefined value comes before anything else. */
  static JinjaException defined(Object value, JinjaException otherwise) {
    return value instanceof Absent.Undefined missing
        ? JinjaException.of(missing.reason())
        : otherwise;
  }
}
