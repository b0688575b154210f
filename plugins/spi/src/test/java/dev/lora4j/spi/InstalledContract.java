package dev.lora4j.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;

/** What holds of every extension of a point that is on the class path. */
public final class InstalledContract {
  private InstalledContract() {}

  /** Checks all of a point; all of them can be made with their defaults. */
  public static <T> void check(Class<T> point) {
    check(point, Map.of());
  }

  /**
   * Checks all of a point.
   *
   * @param requests of those that need settings, by name
   */
  public static <T> void check(Class<T> point, Map<String, String> requests) {
    Extensions installed = Extensions.installed();
    assertFalse(installed.list(point).isEmpty(), point + " has none");
    for (Extensions.Installed one : installed.list(point)) {
      ExtensionInfo info = one.info();
      String request = requests.getOrDefault(info.name(), info.name());
      assertEquals(
          !requests.containsKey(info.name()),
          info.ready(),
          info.name() + " can or cannot be made with its defaults");
      T made = installed.make(point, request);
      assertEquals(info.name(), ExtensionName.of(made));
      assertEquals(info, ExtensionType.of(made.getClass()));
      if (info.ready()) {
        assertSame(installed.shared(point, info.name()), installed.shared(point, info.name()));
      }
      if (made instanceof Record) {
        assertEquals(made, installed.make(point, ExtensionRequest.of(made)));
        assertEquals(made, installed.make(point, ExtensionRequest.of(made).text()));
      } else {
        hasNoState(made.getClass());
      }
    }
  }

  /** One that is shared by several threads, and is no record, has nothing that could change. */
  private static void hasNoState(Class<?> type) {
    for (Field field : type.getDeclaredFields()) {
      boolean constant =
          Modifier.isStatic(field.getModifiers()) && Modifier.isFinal(field.getModifiers());
      assertTrue(constant || field.isSynthetic(), field + " is state");
    }
  }
}
