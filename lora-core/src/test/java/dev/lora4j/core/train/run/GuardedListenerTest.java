package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardedListenerTest {
  /** What it leaves to the interface's own method would be heard by nobody. */
  @Test
  void everyListenerMethodIsForwarded() {
    List<Method> own = List.of(GuardedListener.class.getDeclaredMethods());
    for (Method heard : RunListener.class.getMethods()) {
      assertTrue(
          own.stream()
              .anyMatch(
                  m ->
                      m.getName().equals(heard.getName())
                          && Arrays.equals(m.getParameterTypes(), heard.getParameterTypes())),
          heard::toString);
    }
  }
}
