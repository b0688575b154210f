package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Every command line that the docs show is one that the program takes. */
class DocumentedCommandsTest {
  private static final Path CLONE = Path.of("../..");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");
  private static final Pattern LINE = Pattern.compile("\\./lora4j +(.+)");
  private static final Pattern INLINE = Pattern.compile("`\\./lora4j\\s+([^`]+)`");
  private static final Pattern WORD =
      Pattern.compile("\\s*(?:(?<end>[#;|>&].*)|(?<word>(?:\"[^\"]*\"|'[^']*'|[^\\s\"';|>&])+))");

  /** Of a plug-in of its own, which has tests of its own. */
  private static final Set<String> ELSEWHERE = Set.of("bench");

  /** An extension that the text has the reader write. */
  private static final String EXAMPLE = "loudest";

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(CLONE.resolve("README.md")));
    try (Stream<Path> docs = Files.walk(CLONE.resolve("docs"))) {
      docs.filter(p -> p.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  private static List<String> lines(String page) {
    List<String> lines = new ArrayList<>();
    Matcher fenced = FENCED.matcher(page);
    while (fenced.find()) {
      String code = fenced.group().replaceAll("\\\\\\R\\s*", " ");
      code.lines()
          .map(LINE::matcher)
          .filter(Matcher::find)
          .forEach(line -> lines.add(line.group(1)));
    }
    Matcher inline = INLINE.matcher(FENCED.matcher(page).replaceAll(""));
    while (inline.find()) {
      lines.add(inline.group(1));
    }
    return lines;
  }

  /** As a shell cuts it, with 1 for its variables. */
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
    program.parseArgs(words.toArray(String[]::new));
  }

  @Test
  void everyCommandLineOfTheDocsIsTaken() throws IOException {
    List<String> wrong = new ArrayList<>();
    int taken = 0;
    for (Path page : pages()) {
      for (String line : lines(Files.readString(page))) {
        List<String> words = words(line);
        if (ELSEWHERE.contains(words.get(0))) {
          continue;
        }
        try {
          parse(words);
          taken++;
        } catch (ParameterException e) {
          if (!String.valueOf(e.getMessage()).contains(EXAMPLE)) {
            wrong.add(page.getFileName() + ": " + words + ": " + e.getMessage());
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(taken > 50, taken + " lines were found");
  }

  @Test
  void anOptionThatIsNotThereIsFound() {
    String page = "```sh\n./lora4j train --imagez a \\\n  -o \"b c\"   # no such option\n```\n";
    List<String> words = words(lines(page).get(0));
    assertEquals(List.of("train", "--imagez", "a", "-o", "b c"), words);
    assertThrows(ParameterException.class, () -> parse(words));
  }
}
