package dev.lora4j.core.tensor;

import java.util.Optional;

/** Finds the line of Java outside this package that led here, for messages. */
final class CallSite {
  private static final StackWalker WALKER = StackWalker.getInstance();
  private static final String HERE = CallSite.class.getPackageName() + ".";

  private CallSite() {}

  /** For example {@code Attention.java:31}. */
  static String outside() {
    Optional<StackWalker.StackFrame> frame =
        WALKER.walk(frames -> frames.filter(f -> foreign(f.getClassName())).findFirst());
    return frame.map(f -> f.getFileName() + ":" + f.getLineNumber()).orElse("an unknown caller");
  }

  private static boolean foreign(String name) {
    boolean ours = name.startsWith(HERE) && !name.endsWith("Test");
    // A library class between is how we were called, not who called: a stream, a collection.
    return !ours && !name.startsWith("java.");
  }
}
