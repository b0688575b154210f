package dev.lora4j.spi;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Description of an extension's class: the same as its index, for classes without one. */
public final class ExtensionType {
  private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  private ExtensionType() {}

  /**
   * Describes a class.
   *
   * @throws ExtensionException if it is no extension that can be made
   */
  public static ExtensionInfo of(Class<?> type) {
    Extension extension = type.getAnnotation(Extension.class);
    if (extension == null) {
      throw new ExtensionException(
          type.getName() + " is listed as an extension but has no @Extension.");
    }
    if (!extension.point().isAssignableFrom(type)) {
      throw new ExtensionException(
          type.getName() + " is an extension of " + extension.point().getName() + " but is none.");
    }
    List<SettingInfo> settings = new ArrayList<>();
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        settings.add(setting(type, component));
      }
    }
    return new ExtensionInfo(
        extension.point().getName(),
        extension.name(),
        type.getName(),
        extension.help(),
        extension.experimental(),
        List.copyOf(kinds(type, extension.point())),
        settings);
  }

  private static SortedSet<String> kinds(Class<?> type, Class<?> point) {
    SortedSet<String> kinds = new TreeSet<>();
    for (Class<?> each : type.getInterfaces()) {
      if (point.isAssignableFrom(each) && !each.equals(point)) {
        kinds.add(each.getName());
        kinds.addAll(kinds(each, point));
      }
    }
    Class<?> parent = type.getSuperclass();
    if (parent != null) {
      kinds.addAll(kinds(parent, point));
    }
    return kinds;
  }

  private static SettingInfo setting(Class<?> type, RecordComponent component) {
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw new ExtensionException(
          type.getName() + "." + component.getName() + " has no @Setting, so nobody can set it.");
    }
    SettingKind kind = kind(type, component);
    return new SettingInfo(
        name(component),
        kind,
        setting.help(),
        kind.otherwise(setting.defaultValue()),
        SettingRange.of(setting),
        choices(component.getType()));
  }

  /** Setting name of a component. */
  static String name(RecordComponent component) {
    Setting setting = component.getAnnotation(Setting.class);
    return name(component.getName(), setting == null ? "" : setting.name());
  }

  /**
   * Setting name of a component: {@code keep_share} for {@code keepShare} unless {@code said} names
   * it.
   *
   * @param said {@link Setting#name}
   */
  public static String name(String component, String said) {
    return said.isEmpty() ? HUMP.matcher(component).replaceAll("_").toLowerCase(Locale.ROOT) : said;
  }

  private static List<String> choices(Class<?> type) {
    return type.isEnum()
        ? Arrays.stream(type.getEnumConstants())
            .map(c -> ((Enum<?>) c).name().toLowerCase(Locale.ROOT))
            .toList()
        : List.of();
  }

  private static SettingKind kind(Class<?> type, RecordComponent component) {
    Class<?> of = component.getType();
    if (of == int.class) {
      return SettingKind.INTEGER;
    }
    if (of == long.class) {
      return SettingKind.LONG;
    }
    if (of == double.class) {
      return SettingKind.NUMBER;
    }
    if (of == boolean.class) {
      return SettingKind.BOOLEAN;
    }
    if (of == String.class) {
      return SettingKind.STRING;
    }
    if (of.isEnum()) {
      return SettingKind.CHOICE;
    }
    if (of == List.class && component.getGenericType() instanceof ParameterizedType list) {
      Type element = list.getActualTypeArguments()[0];
      if (element == Double.class) {
        return SettingKind.NUMBERS;
      }
      if (element == String.class) {
        return SettingKind.STRINGS;
      }
    }
    throw new ExtensionException(
        type.getName()
            + "."
            + component.getName()
            + " is of type "
            + component.getGenericType().getTypeName()
            + "; settings are int, long, double, boolean, String, enums, and lists of Double or"
            + " String.");
  }
}
