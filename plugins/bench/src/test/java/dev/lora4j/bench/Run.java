package dev.lora4j.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What the command printed and its exit code. */
public record Run(int code, String out, String err) {
  public static Run of(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] words = new String[arguments.length + 1];
    words[0] = "bench";
    System.arraycopy(arguments, 0, words, 1, arguments.length);
    int code =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            words);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Stdout, which must be one JSON array and nothing else. */
  public JsonArray json() {
    return JsonParser.parseString(out).getAsJsonArray();
  }
}
