package dev.lora4j.text.data;

import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;

/** Files of data in UTF-8: of lines with an object each, or of plain text. */
final class DataFiles {
  /** Files of rows, which would otherwise be learned as they are written. */
  private static final List<String> TABLES = List.of(".json", ".ndjson", ".csv", ".tsv");

  private DataFiles() {}

  /** A file itself, or those of a folder in the order of their names. */
  static List<Path> files(Path path, List<TextProblem> problems) throws IOException {
    if (!Files.isDirectory(path)) {
      if (!Files.exists(path)) {
        problems.add(new TextProblem(path, 0, "does not exist."));
        return List.of();
      }
      if (TABLES.stream().anyMatch(ending -> endsWith(path, ending))) {
        problems.add(
            new TextProblem(
                path, 0, "is no text: write its rows as objects, one a line of a .jsonl file."));
        return List.of();
      }
      return List.of(path);
    }
    try (Stream<Path> found = Files.list(path)) {
      List<Path> files =
          found
              .filter(Files::isRegularFile)
              .filter(file -> isLines(file) || endsWith(file, ".txt") || endsWith(file, ".md"))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        problems.add(new TextProblem(path, 0, "holds no .jsonl, .txt or .md file."));
      }
      return files;
    }
  }

  /** True for a file with an object in each line. */
  static boolean isLines(Path file) {
    return endsWith(file, ".jsonl");
  }

  private static boolean endsWith(Path file, String ending) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
  }

  /**
   * Reads the lines of a file, those that are no UTF-8 as problems.
   *
   * @param each receives them with their numbers, from 1 on
   */
  static void lines(Path file, List<TextProblem> problems, ObjIntConsumer<String> each)
      throws IOException {
    byte[] content = RegularFile.bytes(file, RegularFile.DATA);
    int line = 1;
    for (int from = startOf(content); from < content.length; line++) {
      int end = from;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      Optional<String> text = decoded(content, from, end);
      if (text.isPresent()) {
        each.accept(text.get(), line);
      } else {
        problems.add(new TextProblem(file, line, "is not UTF-8."));
      }
      from = end + 1;
    }
  }

  /** The text of a file; empty if it has none or is no UTF-8, which is then a problem. */
  static Optional<String> whole(Path file, List<TextProblem> problems) throws IOException {
    byte[] content = RegularFile.bytes(file, RegularFile.DATA);
    Optional<String> text = decoded(content, startOf(content), content.length);
    if (text.isEmpty()) {
      problems.add(new TextProblem(file, brokenLine(content), "is not UTF-8."));
    } else if (text.get().isBlank()) {
      problems.add(new TextProblem(file, 0, "is empty."));
    } else {
      return text;
    }
    return Optional.empty();
  }

  /** Start of the text, after the byte order mark that some editors write. */
  private static int startOf(byte[] content) {
    boolean marked =
        content.length >= 3
            && content[0] == (byte) 0xef
            && content[1] == (byte) 0xbb
            && content[2] == (byte) 0xbf;
    return marked ? 3 : 0;
  }

  private static int brokenLine(byte[] content) {
    int line = 1;
    int from = 0;
    for (int i = 0; i <= content.length; i++) {
      if (i == content.length || content[i] == '\n') {
        if (decoded(content, from, i).isEmpty()) {
          return line;
        }
        line++;
        from = i + 1;
      }
    }
    return 0;
  }

  private static Optional<String> decoded(byte[] content, int from, int to) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(content, from, Math.max(0, to - from)))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
