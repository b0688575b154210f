package dev.lora4j.cli.console;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Command lines to show to the user, to be copied and run as they stand. */
public final class Invocation {
  private Invocation() {}

  /** The program as it was started, then {@code words}, quoted where a shell needs it. */
  public static String of(String... words) {
    String program = System.getProperty("lora4j.command", "./lora4j");
    return quoted(program)
        + Arrays.stream(words).map(w -> " " + quoted(w)).collect(Collectors.joining());
  }

  /** A word, quoted where a shell needs it. */
  public static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:=@%+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
