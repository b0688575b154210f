package dev.lora4j.spi;

import java.util.LinkedHashMap;
import java.util.Map;

/** Settings as JSON Schema (draft 2020-12), for editors and forms. */
public final class SettingSchema {
  private SettingSchema() {}

  /** The schema of the settings of an extension, as maps, lists and values of JSON. */
  public static Map<String, Object> of(ExtensionInfo info) {
    Map<String, Object> properties = new LinkedHashMap<>();
    info.settings().forEach(s -> properties.put(s.name(), property(s)));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", info.pointName() + " " + info.name());
    schema.put("description", info.help());
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put(
        "required",
        info.settings().stream()
            .filter(s -> s.defaultValue().isEmpty())
            .map(SettingInfo::name)
            .toList());
    schema.put("additionalProperties", false);
    return schema;
  }

  private static Map<String, Object> property(SettingInfo setting) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("description", setting.help());
    switch (setting.kind()) {
      case NUMBERS -> list(property, range(new LinkedHashMap<>(), setting, "number"));
      case STRINGS -> list(property, new LinkedHashMap<>(Map.of("type", "string")));
      case CHOICE -> property.put("enum", setting.choices());
      case LONG -> range(property, setting, SettingKind.INTEGER.text());
      default -> range(property, setting, setting.kind().text());
    }
    setting
        .defaultValue()
        .map(setting::read)
        // JSON has no infinite numbers.
        .filter(value -> !value.equals(Double.POSITIVE_INFINITY))
        .ifPresent(value -> property.put("default", value));
    return property;
  }

  private static void list(Map<String, Object> property, Map<String, Object> items) {
    property.put("type", "array");
    property.put("items", items);
  }

  private static Map<String, Object> range(
      Map<String, Object> property, SettingInfo setting, String type) {
    property.put("type", type);
    bound(property, "minimum", setting.range().min());
    bound(property, "exclusiveMinimum", setting.range().above());
    bound(property, "maximum", setting.range().max());
    bound(property, "exclusiveMaximum", setting.range().below());
    return property;
  }

  private static void bound(Map<String, Object> property, String name, double bound) {
    if (Double.isFinite(bound)) {
      property.put(name, bound);
    }
  }
}
