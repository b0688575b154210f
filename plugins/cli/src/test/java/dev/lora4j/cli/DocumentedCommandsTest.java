package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Documents.Piece;
import dev.lora4j.cli.file.RunFileOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Every command line of the documents is one that the program takes: those of shell blocks, and
 * inline code that begins with {@code lora4j} or {@code ./lora4j}. A line with {@code [}, {@code …}
 * or {@code ...} is a form and no command.
 */
class DocumentedCommandsTest {
  private static final int LEAST = 100;

  private static final Pattern LINE = Pattern.compile("(?:\\./lora4j|^lora4j) +(.+)");
  private static final Pattern INLINE = Pattern.compile("`(?:\\./)?lora4j\\s+([^`]+)`");
  private static final Pattern FORM = Pattern.compile("\\[|…|\\.\\.\\.");
  private static final Pattern WORD =
      Pattern.compile("\\s*(?:(?<end>[#;|>&].*)|(?<word>(?:\"[^\"]*\"|'[^']*'|[^\\s\"';|>&])+))");

  /** Of plug-ins that these tests do not have. */
  private static final Set<String> ELSEWHERE =
      Set.of("bench", "serve", "pull", "recipe", "spark", "speech", "studio", "vision");

  /** An extension that the text has the reader write. */
  private static final String EXAMPLE = "loudest";

  private static List<Piece> commands(Path file, String text) {
    List<Piece> commands = new ArrayList<>();
    for (Piece block : Documents.blocks(file, text, List.of("sh", ""))) {
      // A line that goes on in the next one keeps its number.
      String code = block.text().replaceAll("\\\\\\R\\s*", "\0");
      int line = block.line();
      for (String words : code.split("\n", -1)) {
        Matcher command = LINE.matcher(words.replace('\0', ' '));
        if (command.find()) {
          commands.add(new Piece(file, line, command.group(1)));
        }
        line += 1 + (int) words.chars().filter(c -> c == 0).count();
      }
    }
    commands.addAll(Documents.outside(file, text, INLINE));
    commands.removeIf(
        c -> FORM.matcher(c.text()).find() || ELSEWHERE.contains(words(c.text()).get(0)));
    return commands;
  }

  /** As a shell splits it, with 1 for its variables. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher next = WORD.matcher(line.replace("\"$@\"", "").replaceAll("\\$\\w+", "1"));
    while (next.lookingAt() && next.group("word") != null) {
      words.add(next.group("word").replaceAll("[\"']", ""));
      next.region(next.end(), next.regionEnd());
    }
    return words;
  }

  private static void parse(List<String> words) {
    CommandLine program = new CommandLine(new Root());
    Commands.add(program, words);
    program.parseArgs(filled(program, words).toArray(String[]::new));
  }

  /** With the options that a run file has to say in place of it, as there is none. */
  private static List<String> filled(CommandLine program, List<String> words) {
    CommandLine command = program;
    for (String word : words) {
      command = command.getSubcommands().getOrDefault(word, command);
    }
    boolean file = words.stream().anyMatch(word -> word.endsWith(".toml"));
    if (!file || RunFileOption.of(command.getCommandSpec()).isEmpty()) {
      return words;
    }
    List<String> said = new ArrayList<>(words);
    said.removeIf(word -> word.endsWith(".toml"));
    command.getCommandSpec().options().stream()
        .filter(option -> option.required() && !said.contains(option.shortestName()))
        .forEach(option -> said.add(option.longestName() + "=1"));
    return said;
  }

  @Test
  void everyCommandIsTaken() throws IOException {
    List<String> wrong = new ArrayList<>();
    int taken = 0;
    for (Path file : Documents.all()) {
      for (Piece command : commands(file, Documents.text(file))) {
        try {
          parse(words(command.text()));
          taken++;
        } catch (ParameterException e) {
          if (!String.valueOf(e.getMessage()).contains(EXAMPLE)) {
            wrong.add(command + ": " + e.getMessage());
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(taken >= LEAST, "only " + taken + " commands were found");
  }

  @Test
  void wrongOptionIsFound() {
    String page =
        """
        Text with `lora4j plan run.toml` and `./lora4j text ...`.

        ```sh
        cd lora4j
        a=1 ./lora4j doctor \\
            --json
        ./lora4j train --imagez a \\
          -o "b c"   # no such option
        ```
        """;
    List<Piece> commands = commands(Documents.README, page);
    assertEquals(List.of(5, 7, 1), commands.stream().map(Piece::line).toList());
    List<String> words = words(commands.get(1).text());
    assertEquals(List.of("train", "--imagez", "a", "-o", "b c"), words);
    assertThrows(ParameterException.class, () -> parse(words));
  }
}
