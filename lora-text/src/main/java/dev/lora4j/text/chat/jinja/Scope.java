package dev.lora4j.text.chat.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Names and their values; values of a scope are not visible outside. */
final class Scope {
  private final Map<String, Object> values = new HashMap<>();
  private final Optional<Scope> outer;

  private Scope(Optional<Scope> outer) {
    this.outer = outer;
  }

  static Scope of(Map<String, Object> values) {
    Scope scope = new Scope(Optional.empty());
    scope.values.putAll(values);
    return scope;
  }

  Scope inner() {
    return new Scope(Optional.of(this));
  }

  void set(String name, Object value) {
    values.put(name, value);
  }

  Object get(String name) {
    Object value = values.get(name);
    if (value != null) {
      return value;
    }
    return outer
        .map(scope -> scope.get(name))
        .orElseGet(() -> new Absent.Undefined("'" + name + "' is undefined"));
  }
}
