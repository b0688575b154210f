package dev.lora4j.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

/** What holds of every extension of a point that is on the class path. */
public final class InstalledContract {
  private InstalledContract() {}

  /** Checks all of a point. */
  public static <T> void check(Class<T> point) {
    Extensions installed = Extensions.installed();
    assertFalse(installed.list(point).isEmpty(), point + " has none");
    for (Extensions.Installed one : installed.list(point)) {
      ExtensionInfo info = one.info();
      assertTrue(info.ready(), info.name() + " cannot be made with its defaults");
      T made = installed.make(point, info.name());
      assertEquals(info.name(), ExtensionName.of(made));
      assertEquals(info, ExtensionType.of(made.getClass()));
      assertSame(installed.shared(point, info.name()), installed.shared(point, info.name()));
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
