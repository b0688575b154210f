package dev.lora4j.cli;

import dev.lora4j.cli.console.ExitCode;
import java.lang.reflect.Proxy;

/**
 * A signal that comes while the Java machine is ending, which it would pass over. The class for
 * signals is no part of Java's own interface, and a Java machine may lack it, so it is loaded by
 * name.
 */
final class SecondSignal {
  private SecondSignal() {}

  /**
   * Makes Ctrl-C and a request to terminate end the process at once from here on.
   *
   * @return whether they do; not where this Java machine has no such thing, or runs with the option
   *     to leave signals alone
   */
  static boolean ends() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object halting =
          Proxy.newProxyInstance(
              SecondSignal.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
                return null;
              });
      for (String name : new String[] {"INT", "TERM"}) {
        Object one = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, handler).invoke(null, one, halting);
      }
      return true;
    } catch (ReflectiveOperationException | RuntimeException e) {
      return false;
    }
  }
}
