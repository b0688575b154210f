package dev.lora4j.core.spi;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An extension as somebody asks for it: {@code ties} or {@code ties:density=0.3,election=count}.
 *
 * @param settings values by name, as text or as TOML gives them; those left out keep their defaults
 */
public record ExtensionRequest(String name, Map<String, Object> settings) {
  /** Copies the map. */
  public ExtensionRequest {
    settings = Map.copyOf(settings);
  }

  /**
   * Reads the form above. Values hold no comma; lists are separated by blanks.
   *
   * @throws ExtensionException if it is another form
   */
  public static ExtensionRequest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return new ExtensionRequest(text.strip(), Map.of());
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    for (String pair : text.substring(colon + 1).split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new ExtensionException(
            "Settings are written NAME:KEY=VALUE,KEY=VALUE, found '"
                + pair
                + "' in '"
                + text
                + "'.");
      }
      String key = pair.substring(0, equals).strip();
      if (settings.put(key, pair.substring(equals + 1).strip()) != null) {
        throw new ExtensionException("'" + text + "' sets " + key + " twice.");
      }
    }
    return new ExtensionRequest(text.substring(0, colon).strip(), settings);
  }
}
