package dev.lora4j.testkit.command;

import dev.lora4j.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Result of a command in this process.
 *
 * @param out its results on stdout
 * @param err its messages on stderr
 * @param aside output to the process's own stdout, past the console
 */
record CommandRun(int code, String out, String err, String aside) {
  static CommandRun of(List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ByteArrayOutputStream aside = new ByteArrayOutputStream();
    PrintStream process = System.out;
    System.setOut(stream(aside));
    try {
      int code = Main.run(stream(out), stream(err), words.toArray(String[]::new));
      return new CommandRun(code, text(out), text(err), text(aside));
    } finally {
      System.setOut(process);
    }
  }

  private static PrintStream stream(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
