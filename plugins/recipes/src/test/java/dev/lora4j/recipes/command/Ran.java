package dev.lora4j.recipes.command;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Main;
import dev.lora4j.cli.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Output of a command, and how it ended. */
record Ran(int code, String out, String err) {
  static Ran of(Object... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] all = new String[words.length];
    for (int i = 0; i < words.length; i++) {
      all[i] = words[i].toString();
    }
    int code =
        Main.run(
            Console.of(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)),
            all);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  JsonObject json() {
    return JsonParser.parseString(out).getAsJsonObject();
  }
}
