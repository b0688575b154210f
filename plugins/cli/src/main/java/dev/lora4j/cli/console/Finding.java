package dev.lora4j.cli.console;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that the doctor looked at.
 *
 * @param name what was looked at
 * @param value what was found
 * @param remedy what to do; empty if all is well
 */
public record Finding(String name, Object value, Optional<String> remedy) {
  public static Finding good(String name, Object value) {
    return new Finding(name, value, Optional.empty());
  }

  public static Finding problem(String name, Object value, String remedy) {
    return new Finding(name, value, Optional.of(remedy));
  }

  public boolean problem() {
    return remedy.isPresent();
  }

  Map<String, Object> json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", name);
    all.put("value", value);
    all.put("problem", problem());
    remedy.ifPresent(r -> all.put("remedy", r));
    return all;
  }
}
