package dev.lora4j.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that a file is called or holds steers the terminal, or looks like something else. */
class UnseenCharactersTest {
  /** Red, to the left, nothing, a byte order mark, next line, next line again, tag A. */
  private static final String UNSEEN =
      "\u001b[31m\u202e\u2066\u200b\ufeff\u0085\u2028\u009b" + Character.toString(0xe0041);

  @TempDir private Path folder;

  private static void assertSeen(String text) {
    text.codePoints()
        .filter(c -> c != '\n' && c != '\r' && c != '\t')
        .forEach(
            c ->
                assertFalse(
                    Character.isISOControl(c)
                        || Character.getType(c) == Character.FORMAT
                        || c == 0x2028,
                    "U+" + Integer.toHexString(c) + " in " + text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect NAME",
        "inspect NAME.safetensors",
        "NAME",
        "generate NAME --base=NAME",
        "generate fox --lora=NAME",
        "generate fox --sampler=NAME",
        "generate <lora:NAME:1>",
        "generate fox --blocks=NAME=IN:1",
        "generate fox --NAME",
        "grid fox --x=NAME=1",
        "merge a --mixer=NAME -o=b.safetensors",
        "train --images=NAME -o=b.safetensors",
        "train NAME.toml",
        "plan --images=. -o=b.safetensors --set=NAME=1",
        "text train --data=NAME -o=t",
        "plugins show NAME",
        "plugins verify NAME",
        "--plugins=NAME doctor",
        "inspect NAME --debug",
      })
  void messagesShowUnseenCharacters(String line) {
    Run run =
        Run.of(
            Arrays.stream(line.split(" "))
                .map(word -> word.replace("NAME", "a" + UNSEEN + "b"))
                .toArray());
    assertTrue(run.code() > 0, run.toString());
    assertSeen(run.err());
    assertTrue(run.err().contains("\\u202e"), run.err());
    assertTrue(run.err().contains("\\u001b[31m"), run.err());
  }

  /** A name with a break in it writes no line that looks like one of the program's. */
  @Test
  void lineBreaksInNamesAreEscaped() {
    Run run = Run.of("inspect", "a\nlora4j: all is well");
    assertEquals(1, run.err().lines().filter(l -> l.startsWith("lora4j:")).count(), run.err());
  }

  /** In JSON they are escaped, and read as what they are. */
  @Test
  void jsonAndReportsShowUnseenCharacters() throws IOException {
    Path file = folder.resolve("a\u202eb.safetensors");
    new SafetensorsWriter()
        .metadata(Map.of("note", "c" + UNSEEN + "\nline"))
        .add("key" + UNSEEN, DType.F32, Shape.of(1), new byte[4])
        .write(file);
    Run json = Run.of("inspect", file, "--json");
    assertEquals(0, json.code(), json.err());
    assertSeen(json.out());
    assertEquals(
        file.toString(),
        JsonParser.parseString(json.out()).getAsJsonObject().get("file").getAsString());
    assertTrue(json.json().toString().contains(UNSEEN.substring(5, 8)), json.out());
    Run text = Run.of("inspect", file, "--all");
    assertSeen(text.out());
    assertTrue(text.out().contains("\\u202e"), text.out());
  }

  @Test
  void resultsKeepTheirLines() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    Console console = Console.of(stream, stream);
    console.print("one\ntwo\u202e");
    console.print(List.of("three\nfour"));
    console.note("five\nsix\n  seven");
    assertEquals(
        "one\ntwo\\u202e\nthree\\u000afour\nfive\n  six\n  seven\n",
        out.toString(StandardCharsets.UTF_8).replace("\r", ""));
  }

  /** Persian and Hindi need joiners, which are no disguise in what a model wrote. */
  @Test
  void generatedTextKeepsJoiners() {
    assertEquals(
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        Printable.prose("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"));
    assertEquals("a\\u202e\\u001bb\n", Printable.prose("a\u202e\u001bb\n"));
  }
}
