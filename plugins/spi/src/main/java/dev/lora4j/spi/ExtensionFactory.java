package dev.lora4j.spi;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Makes an extension from its settings. */
final class ExtensionFactory {
  private ExtensionFactory() {}

  /**
   * The extension with these settings.
   *
   * @throws ExtensionException naming all settings that are unknown, missing or wrong
   */
  static Object make(ExtensionInfo info, Class<?> type, Map<String, Object> settings) {
    Map<String, Object> values = values(info, settings);
    try {
      if (!type.isRecord()) {
        return type.getConstructor().newInstance();
      }
      RecordComponent[] components = type.getRecordComponents();
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Object[] arguments = new Object[components.length];
      for (int i = 0; i < arguments.length; i++) {
        Object value = values.get(ExtensionType.name(components[i]));
        if (value == null) {
          throw new ExtensionException(
              type.getName() + " is not what its index says; build its jar again.");
        }
        arguments[i] = fitting(types[i], value);
      }
      Constructor<?> constructor = type.getConstructor(types);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException wrong) {
        throw new ExtensionException(info.name() + ": " + wrong.getMessage(), wrong);
      }
      throw broken(info, e.getCause() == null ? e : e.getCause());
    } catch (ExtensionException e) {
      throw e;
    } catch (ReflectiveOperationException | RuntimeException | Error e) {
      throw broken(info, e);
    }
  }

  private static ExtensionException broken(ExtensionInfo info, Throwable thrown) {
    Plugin.throwIfEnding(thrown);
    return new ExtensionException(
        info.type()
            + ", which is "
            + info.pointName()
            + " "
            + info.name()
            + ", cannot be made: "
            + thrown,
        thrown);
  }

  private static Map<String, Object> values(ExtensionInfo info, Map<String, Object> settings) {
    Map<String, SettingInfo> known = new LinkedHashMap<>();
    info.settings().forEach(s -> known.put(s.name(), s));
    List<String> problems = new ArrayList<>();
    Map<String, Object> written = new LinkedHashMap<>();
    for (String given : new TreeSet<>(settings.keySet())) {
      String name = given.replace('-', '_');
      if (written.containsKey(name)) {
        problems.add("sets " + name + " twice");
      } else if (known.containsKey(name)) {
        written.put(name, settings.get(given));
      } else {
        problems.add(unknown(given, known));
      }
    }
    Map<String, Object> values = new LinkedHashMap<>();
    for (SettingInfo setting : info.settings()) {
      try {
        Object said = written.get(setting.name());
        if (said != null) {
          values.put(setting.name(), setting.read(said));
        } else if (setting.defaultValue().isPresent()) {
          values.put(setting.name(), setting.read(setting.defaultValue().get()));
        } else {
          problems.add("needs " + setting.name() + ", " + setting.expected());
        }
      } catch (IllegalArgumentException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new ExtensionException(info.name() + ": " + String.join("; ", problems) + ".");
    }
    return values;
  }

  private static String unknown(String given, Map<String, SettingInfo> known) {
    if (known.isEmpty()) {
      return "has no setting " + given + ", nor any other";
    }
    List<String> near = NearestNames.near(given, known.keySet(), 1);
    return "has no setting "
        + given
        + (near.isEmpty() ? "; it has " : ", did you mean " + near.get(0) + "? It has ")
        + String.join(", ", known.keySet());
  }

  private static Object fitting(Class<?> type, Object value) {
    if (type == int.class) {
      return Math.toIntExact((Long) value);
    }
    if (type.isEnum()) {
      for (Object constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().toLowerCase(Locale.ROOT).equals(value)) {
          return constant;
        }
      }
    }
    return value;
  }
}
