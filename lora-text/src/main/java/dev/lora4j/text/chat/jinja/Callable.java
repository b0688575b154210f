package dev.lora4j.text.chat.jinja;

import java.util.List;
import java.util.Map;

/** Function that a template can call. */
@FunctionalInterface
public interface Callable {
  /**
   * Calls it.
   *
   * @param places arguments by place
   * @param names arguments by name
   */
  Object call(List<Object> places, Map<String, Object> names);
}
