package dev.lora4j.vision.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Main;
import dev.lora4j.cli.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

/** Output of a command, and how it ended. */
record Ran(int code, String out, String err) {
  /** Runs {@code vision} with more words. */
  static Ran of(String... words) {
    return program(Stream.concat(Stream.of("vision"), Arrays.stream(words)).toArray(String[]::new));
  }

  /** Runs any command. */
  static Ran program(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            Console.of(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)),
            words);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  Ran requireDone() {
    assertEquals(0, code, err);
    return this;
  }

  void requireRefused(String part) {
    assertTrue(code != 0, out);
    assertTrue(err.contains(part), err);
  }
}
