package dev.lora4j.studio.job;

import java.lang.reflect.Field;

/**
 * Signals that a terminal sends to all processes that were started in it: Ctrl-C, and that it is
 * closed. They are meant for the studio, whose jobs outlive it. The class for signals is no part of
 * Java's own interface, and a Java machine may lack it, so it is loaded by name.
 */
final class TerminalSignals {
  private TerminalSignals() {}

  /** Has this process pass over them, where it can. */
  static void ignore() {
    for (String name : new String[] {"INT", "HUP"}) {
      try {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Field ignoring = handler.getField("SIG_IGN");
        Object one = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, handler).invoke(null, one, ignoring.get(null));
      } catch (ReflectiveOperationException | RuntimeException e) {
        // The job then ends with the studio's terminal, and the next studio goes on with it.
      }
    }
  }
}
