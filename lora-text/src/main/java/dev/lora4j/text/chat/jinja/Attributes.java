package dev.lora4j.text.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values of {@code value.name}, {@code value[key]} and {@code value[from:to]}. */
final class Attributes {
  private Attributes() {}

  static Object attribute(Object target, String name) {
    if (target instanceof Absent.Undefined missing) {
      throw JinjaException.of(missing.reason());
    }
    Optional<Callable> method = Methods.of(target, name);
    if (method.isPresent()) {
      return method.get();
    }
    Map<?, ?> members =
        target instanceof Namespace space
            ? space.members()
            : target instanceof Map<?, ?> map ? map : Map.of();
    Object value = members.get(name);
    return value == null ? missing(target, name) : value;
  }

  static Object item(Object target, Object key) {
    if (target instanceof Absent.Undefined missing) {
      throw JinjaException.of(missing.reason());
    }
    if (Values.isWhole(key) && (target instanceof List || target instanceof String)) {
      long size = Values.length(target);
      long place = Values.whole(key);
      long from = place < 0 ? place + size : place;
      return from >= 0 && from < size
          ? at(target, (int) from)
          : new Absent.Undefined(
              Values.kind(target) + " object has no element " + Values.whole(key));
    }
    if (target instanceof Map<?, ?> map) {
      Object value = map.get(Values.hashable(key));
      return value == null && key instanceof String name
          ? attribute(target, name)
          : value == null ? missing(target, PythonText.of(key)) : value;
    }
    return key instanceof String name
        ? attribute(target, name)
        : missing(target, PythonText.quoted(key));
  }

  /** The element of a list, or the character of a text. */
  private static Object at(Object target, int place) {
    if (target instanceof List<?> list) {
      return list.get(place);
    }
    String text = (String) target;
    int from = text.offsetByCodePoints(0, place);
    return text.substring(from, text.offsetByCodePoints(from, 1));
  }

  /** The part of a value that a filter's argument names: a path with dots, or a place. */
  static Object path(Object target, Object attribute) {
    if (!(attribute instanceof String path)) {
      return item(target, attribute);
    }
    Object value = target;
    for (String part : path.split("\\.", -1)) {
      boolean number = !part.isEmpty() && part.chars().allMatch(Character::isDigit);
      value = item(value, number ? (Object) Long.parseLong(part) : part);
    }
    return value;
  }

  /** Python's slice: places past an end are the end, negative ones count from the end. */
  static Object slice(
      Object target, Optional<Object> from, Optional<Object> to, Optional<Object> by) {
    if (!(target instanceof List || target instanceof String)) {
      throw Values.defined(
          target, JinjaException.of("a " + Values.kind(target) + " has no parts by place"));
    }
    long step = by.filter(value -> !(value instanceof Absent)).map(Values::whole).orElse(1L);
    if (step == 0) {
      throw JinjaException.of("slice step cannot be zero");
    }
    long size = Values.length(target);
    long least = step > 0 ? 0 : -1;
    long most = step > 0 ? size : size - 1;
    long at = place(from, step > 0 ? least : most, size, least, most);
    long end = place(to, step > 0 ? most : least, size, least, most);
    if (target instanceof String text && step == 1) {
      int begin = text.offsetByCodePoints(0, (int) Math.min(at, size));
      Budget.text((double) Math.max(0, end - at));
      return text.substring(
          begin, text.offsetByCodePoints(begin, (int) Math.max(0, end - Math.min(at, size))));
    }
    List<Object> items = Values.items(target);
    List<Object> part = new ArrayList<>();
    long stride = Math.max(-size - 1, Math.min(size + 1, step));
    for (; step > 0 ? at < end : at > end; at += stride) {
      part.add(items.get((int) at));
    }
    if (target instanceof List) {
      return part;
    }
    StringBuilder text = new StringBuilder();
    part.forEach(text::append);
    return text.toString();
  }

  private static long place(
      Optional<Object> given, long otherwise, long size, long least, long most) {
    if (given.isEmpty() || given.get() instanceof Absent.None) {
      return otherwise;
    }
    long place = Values.whole(given.get());
    return Math.max(least, Math.min(most, place < 0 ? place + size : place));
  }

  private static Absent missing(Object target, String name) {
    return new Absent.Undefined(
        "'%s object' has no attribute '%s'".formatted(Values.kind(target), name));
  }
}
