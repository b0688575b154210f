package dev.lora4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The documents of this clone: README.md and all below docs. */
final class Documents {
  static final Path CLONE = Path.of("../..");
  static final Path README = CLONE.resolve("README.md");

  /** A block of code, between its fences. */
  private static final Pattern FENCED =
      Pattern.compile("(?ms)^ *```(?<language>\\w*)\\R(?<code>.*?)^ *```");

  private Documents() {}

  /**
   * A piece of a document.
   *
   * @param line of the document at which it begins, from 1
   */
  record Piece(Path file, int line, String text) {
    @Override
    public String toString() {
      return CLONE.relativize(file) + ":" + line + ": " + text;
    }
  }

  static List<Path> all() throws IOException {
    List<Path> all = new ArrayList<>(List.of(README));
    try (Stream<Path> docs = Files.walk(CLONE.resolve("docs"))) {
      docs.filter(p -> p.toString().endsWith(".md")).sorted().forEach(all::add);
    }
    return all;
  }

  static String text(Path file) {
    try {
      return Files.readString(file).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The blocks of code in these languages; {@code ""} is a block that names none. */
  static List<Piece> blocks(Path file, String text, List<String> languages) {
    List<Piece> blocks = new ArrayList<>();
    Matcher fenced = FENCED.matcher(text);
    while (fenced.find()) {
      if (languages.contains(fenced.group("language"))) {
        blocks.add(piece(file, text, fenced.start("code"), fenced.group("code")));
      }
    }
    return blocks;
  }

  /** What stands outside of blocks of code: each match of a pattern, as its first group. */
  static List<Piece> outside(Path file, String text, Pattern pattern) {
    String prose = FENCED.matcher(text).replaceAll(block -> "\n".repeat(lines(block.group())));
    List<Piece> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(prose);
    while (matcher.find()) {
      found.add(piece(file, prose, matcher.start(), matcher.group(1)));
    }
    return found;
  }

  private static Piece piece(Path file, String text, int start, String part) {
    return new Piece(file, 1 + lines(text.substring(0, start)), part);
  }

  private static int lines(String text) {
    return (int) text.chars().filter(c -> c == '\n').count();
  }
}
