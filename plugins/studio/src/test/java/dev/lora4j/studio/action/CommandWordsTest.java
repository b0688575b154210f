package dev.lora4j.studio.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

class CommandWordsTest {
  @TempDir Path folder;

  private static final class Parsed {
    @Option(names = "--negative")
    String negative = "";

    @Option(names = "--json")
    boolean json;

    @Parameters List<String> values = new ArrayList<>();
  }

  private static Parsed parsed(CommandWords words) {
    return CommandLine.populateCommand(new Parsed(), words.words().toArray(String[]::new));
  }

  @Test
  void valuesAreNothingButValues() throws Exception {
    Path file = Files.writeString(folder.resolve("words"), "--json");
    for (String value : List.of("a fox", "@" + file, "@@x", "a=b", "", "'\"$(id)", "-4", "-")) {
      Parsed options = parsed(new CommandWords().option("--negative", value));
      assertEquals(value, options.negative, "as an option's value");
      assertEquals(false, options.json);
    }
    for (String value : List.of("--json", "--", "@" + file, "-n=5", "x", "-")) {
      Parsed last = parsed(new CommandWords().flag("--json").values(List.of("x", value)));
      assertEquals(List.of("x", value), last.values, "at the end");
      assertEquals(true, last.json);
      if (!value.startsWith("-")) {
        CommandWords first = new CommandWords().value(value).flag("--json");
        assertEquals(List.of(value), parsed(first).values, "at the beginning");
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new CommandWords().value("--json"));
    for (String value : List.of("--json", "-n=5", "--", "-ofox")) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new CommandWords().option("--negative", value))
              .getMessage();
      assertEquals("A command line cannot say '" + value + "'", message.split(" as ", 2)[0]);
    }
  }
}
