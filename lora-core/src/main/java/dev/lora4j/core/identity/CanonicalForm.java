package dev.lora4j.core.identity;

import dev.lora4j.spi.Extension;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * The text that a value is hashed by: a name and fields, {@code Added[sinusoids=256, width=2816]}.
 *
 * <p>The names are part of files that were written long ago, which are known again by digests of
 * them. They are therefore written out where a form is made, and stay when a class or a field gets
 * another name. A field that is added later is left out where it has the value that all had before
 * it, see {@link #with(String, Object, Object)}. This is version 1 of the form, which says no
 * number; another way to write values is another version, and its texts begin with its number.
 *
 * <p>Immutable.
 */
public final class CanonicalForm {
  private final String name;
  private final List<String> fields;

  private CanonicalForm(String name, List<String> fields) {
    this.name = name;
    this.fields = fields;
  }

  /**
   * A form without fields yet.
   *
   * @param name of the value's kind, which must not change any more
   */
  public static CanonicalForm of(String name) {
    return new CanonicalForm(name, List.of());
  }

  /**
   * A copy with one more field.
   *
   * @param field its name, which must not change any more
   * @throws IllegalArgumentException if a value of this class has no canonical text
   */
  public CanonicalForm with(String field, Object value) {
    List<String> more = new ArrayList<>(fields);
    more.add(field + "=" + text(value));
    return new CanonicalForm(name, List.copyOf(more));
  }

  /**
   * A copy with one more field, unless its value is the implicit one of all values from before the
   * field existed.
   *
   * @throws IllegalArgumentException as in {@link #with(String, Object)}
   */
  public CanonicalForm with(String field, Object value, Object before) {
    return value.equals(before) ? this : with(field, value);
  }

  /** The text. */
  public String text() {
    StringJoiner all = new StringJoiner(", ", name + "[", "]");
    fields.forEach(all::add);
    return all.toString();
  }

  /**
   * Text of a value: a {@link Canonical} value's own; a number, a text, a constant or a truth value
   * itself; a list's, map's or optional's content.
   *
   * @throws IllegalArgumentException if a value of this class has no canonical text
   */
  public static String text(Object value) {
    if (value instanceof Canonical canonical) {
      return canonical.canonical();
    }
    if (value instanceof Double number) {
      return DecimalText.of(number);
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    if (value instanceof CharSequence
        || value instanceof Boolean
        || value instanceof Integer
        || value instanceof Long) {
      return String.valueOf(value);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(CanonicalForm::text).collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(e -> text(e.getKey()) + "=" + text(e.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return optional(value)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "A " + value.getClass().getName() + " has no canonical text."));
  }

  /**
   * The text of an extension whose class and settings have the names that they are hashed by: of a
   * record its components, of another class, which the host makes without settings, none.
   *
   * @throws IllegalArgumentException if a component cannot be read, or has no canonical text; or if
   *     it is neither a record nor an {@link Extension} and has fields, which may be settings
   */
  public static String ofExtension(Object extension) {
    Class<?> type = extension.getClass();
    CanonicalForm form = of(type.getSimpleName());
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        form = form.with(component.getName(), read(extension, component));
      }
    } else if (!type.isAnnotationPresent(Extension.class) && hasFields(type)) {
      throw new IllegalArgumentException(
          type.getName() + " has fields: make it a record of them, or implement canonical().");
    }
    return form.text();
  }

  private static boolean hasFields(Class<?> type) {
    return type != Object.class
        && (Arrays.stream(type.getDeclaredFields())
                .anyMatch(field -> !Modifier.isStatic(field.getModifiers()))
            || hasFields(type.getSuperclass()));
  }

  private static Object read(Object extension, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(extension);
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      throw new IllegalArgumentException(
          extension.getClass().getName()
              + " cannot be read; make the record public, or implement canonical().",
          e);
    }
  }

  private static Optional<String> optional(Object value) {
    if (value instanceof Optional<?> optional) {
      return Optional.of(optional.map(v -> "Optional[" + text(v) + "]").orElse("Optional.empty"));
    }
    if (value instanceof OptionalInt whole) {
      return Optional.of(
          whole.isPresent() ? "OptionalInt[" + whole.getAsInt() + "]" : "OptionalInt.empty");
    }
    if (value instanceof OptionalDouble number) {
      return Optional.of(
          number.isPresent()
              ? "OptionalDouble[" + DecimalText.of(number.getAsDouble()) + "]"
              : "OptionalDouble.empty");
    }
    return Optional.empty();
  }
}
