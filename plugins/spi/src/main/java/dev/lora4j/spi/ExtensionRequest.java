package dev.lora4j.spi;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Request of an extension: {@code ties} or {@code ties:density=0.3,election=count}.
 *
 * @param settings values by name, as text or as TOML gives them; those left out keep their defaults
 */
public record ExtensionRequest(String name, Map<String, Object> settings) {
  /** A key without a name before it. */
  private static final Pattern SETTING = Pattern.compile("^\\s*[^\\s:=]+\\s*=");

  /** Copies the map, in its order. */
  public ExtensionRequest {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /**
   * Reads the form above. Lists are separated by blanks, and elements that have some stand in
   * double quotes; commas in these part nothing. What stands after a comma without a key still
   * belongs to the value before it, {@code lbw:blocks=ink=1,0,0.5 glow=0,1,1}; a key has no blank.
   *
   * @throws ExtensionException if it is another form
   */
  public static ExtensionRequest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return new ExtensionRequest(text.strip(), Map.of());
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    String key = "";
    for (String pair : QuotedWords.split(text.substring(colon + 1), ',')) {
      int equals = pair.indexOf('=');
      boolean more = equals < 0 || pair.substring(0, equals).strip().indexOf(' ') >= 0;
      if (more && !key.isEmpty()) {
        settings.merge(key, pair.strip(), (before, after) -> before + "," + after);
        continue;
      }
      if (equals < 1) {
        throw new ExtensionException(
            "Settings are written NAME:KEY=VALUE,KEY=VALUE, found '"
                + pair
                + "' in '"
                + text
                + "'.");
      }
      key = pair.substring(0, equals).strip();
      if (settings.put(key, pair.substring(equals + 1).strip()) != null) {
        throw new ExtensionException("'" + text + "' sets " + key + " twice.");
      }
    }
    return new ExtensionRequest(text.substring(0, colon).strip(), settings);
  }

  /**
   * Several requests as a command line has them, separated by commas: {@code
   * diary:fails=2,pages=9,csv} are two. What begins with {@code KEY=} is a setting of the request
   * before it; all else begins another, so values with commas cannot be written here.
   */
  public static List<String> split(String text) {
    List<String> all = new ArrayList<>();
    for (String part : QuotedWords.split(text, ',')) {
      int last = all.size() - 1;
      boolean more = last >= 0 && all.get(last).indexOf(':') >= 0 && SETTING.matcher(part).find();
      if (more) {
        all.set(last, all.get(last) + "," + part.strip());
      } else {
        all.add(part.strip());
      }
    }
    return List.copyOf(all);
  }

  /**
   * Request that makes an extension again: its name, and all of its settings as people write them.
   *
   * @throws ExtensionException if it is none
   */
  public static ExtensionRequest of(Object extension) {
    String name = ExtensionName.of(extension);
    Class<?> type = extension.getClass();
    Map<String, Object> settings = new LinkedHashMap<>();
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        try {
          Object value = component.getAccessor().invoke(extension);
          settings.put(ExtensionType.name(component), written(value));
        } catch (ReflectiveOperationException e) {
          throw new ExtensionException(type.getName() + " does not tell its settings: " + e, e);
        }
      }
    }
    return new ExtensionRequest(name, settings);
  }

  private static String written(Object value) {
    if (value instanceof List<?> list) {
      return list.stream()
          .map(one -> QuotedWords.quoted(written(one)))
          .collect(Collectors.joining(" "));
    }
    if (value instanceof Double number) {
      return SettingRange.plain(number);
    }
    return value instanceof Enum<?> choice
        ? choice.name().toLowerCase(Locale.ROOT)
        : String.valueOf(value);
  }

  /** Text for people, in the form of {@link #parse}, without empty settings. */
  public String text() {
    String all =
        settings.entrySet().stream()
            .map(s -> Map.entry(s.getKey(), written(s.getValue())))
            .filter(s -> !s.getValue().isEmpty())
            .map(s -> s.getKey() + "=" + s.getValue())
            .collect(Collectors.joining(","));
    return all.isEmpty() ? name : name + ":" + all;
  }
}
