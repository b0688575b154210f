package dev.lora4j.text.data;

import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.train.SeededNoise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The examples of a run, all of one form.
 *
 * @param form what they hold
 * @param examples in the order of the files and lines
 * @param places where each of them was read
 */
public record TextDataSet(TextForm form, List<TextExample> examples, List<SourceLocation> places) {
  private static final long SPLIT = 11;

  /** Files of rows, which would otherwise be learned as they are written. */
  private static final List<String> TABLES = List.of(".json", ".ndjson", ".csv", ".tsv");

  /** Copies its collections. */
  public TextDataSet {
    examples = List.copyOf(examples);
    places = List.copyOf(places);
    if (places.size() != examples.size()) {
      throw new IllegalArgumentException(
          examples.size() + " examples have " + places.size() + " places.");
    }
  }

  /** Examples that were read from no file. */
  public TextDataSet(TextForm form, List<TextExample> examples) {
    this(
        form,
        examples,
        IntStream.rangeClosed(1, examples.size()).mapToObj(SourceLocation::numbered).toList());
  }

  /**
   * Division of a data set into training and validation.
   *
   * @param training the larger part, in the order of the data
   * @param validation the rest, in the order of the data
   */
  public record Split(TextDataSet training, TextDataSet validation) {}

  /**
   * Reads a file, or all files of a folder in the order of their names: {@code .jsonl} with an
   * object in each line, {@code .txt} and {@code .md} with one text each, in UTF-8. Which form the
   * lines have is found. A single file may have another ending, but not that of a table.
   *
   * @throws TextDataException with all that is wrong
   * @throws IOException if a file cannot be read
   */
  public static TextDataSet read(Path path) throws IOException {
    List<TextProblem> problems = new ArrayList<>();
    List<TextExample> examples = new ArrayList<>();
    List<SourceLocation> places = new ArrayList<>();
    Optional<TextForm> form = Optional.empty();
    Path first = path;
    for (Path file : files(path, problems)) {
      ExampleLines lines = new ExampleLines(file, problems);
      Optional<TextForm> found;
      if (isLines(file)) {
        readLines(file, lines, problems);
        found = lines.form().map(TextForm::read);
        examples.addAll(lines.examples());
        places.addAll(lines.places());
      } else {
        found = Optional.of(TextForm.TEXT);
        plain(file, problems).ifPresent(examples::add);
        places.add(new SourceLocation(file, 0));
      }
      if (form.isPresent() && found.isPresent() && !form.equals(found)) {
        problems.add(
            new TextProblem(
                file,
                0,
                "is of the form %s, %s of the form %s; a data set has one."
                    .formatted(found.get(), first, form.get())));
      } else if (form.isEmpty()) {
        form = found;
        first = file;
      }
    }
    if (examples.isEmpty() && problems.isEmpty()) {
      problems.add(new TextProblem(path, 0, "holds no examples."));
    }
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
    return new TextDataSet(form.orElseThrow(), examples, places);
  }

  /**
   * Holds a share of the examples out. Which, depends on the seed and their number alone.
   *
   * @param share 0 to 1; at least one example is held out where it is above 0
   * @throws IllegalArgumentException if nothing would be left to train on
   */
  public Split split(double share, long seed) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException(
          "The share for validation is " + share + "; it is from 0 to below 1.");
    }
    int held = share == 0 ? 0 : (int) Math.max(1, Math.round(share * examples.size()));
    if (held >= examples.size()) {
      throw new IllegalArgumentException(
          "Holding %s of %d examples out leaves none to train on."
              .formatted(share, examples.size()));
    }
    boolean[] out = new boolean[examples.size()];
    Arrays.stream(SeededNoise.of(seed, SPLIT).permutation(examples.size()))
        .limit(held)
        .forEach(i -> out[i] = true);
    return new Split(part(out, false), part(out, true));
  }

  /** The classes of the examples in the order of their names; empty where they have none. */
  public List<String> labels() {
    return examples.stream()
        .filter(TextExample.Labelled.class::isInstance)
        .map(example -> ((TextExample.Labelled) example).label())
        .distinct()
        .sorted()
        .toList();
  }

  private TextDataSet part(boolean[] out, boolean wanted) {
    int[] kept = IntStream.range(0, out.length).filter(i -> out[i] == wanted).toArray();
    return new TextDataSet(
        form,
        Arrays.stream(kept).mapToObj(examples::get).toList(),
        Arrays.stream(kept).mapToObj(places::get).toList());
  }

  private static List<Path> files(Path path, List<TextProblem> problems) throws IOException {
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

  private static boolean isLines(Path file) {
    return endsWith(file, ".jsonl");
  }

  private static boolean endsWith(Path file, String ending) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
  }

  private static void readLines(Path file, ExampleLines lines, List<TextProblem> problems)
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
        lines.read(line, text.get());
      } else {
        problems.add(new TextProblem(file, line, "is not UTF-8."));
      }
      from = end + 1;
    }
  }

  private static Optional<TextExample> plain(Path file, List<TextProblem> problems)
      throws IOException {
    byte[] content = RegularFile.bytes(file, RegularFile.DATA);
    Optional<String> text = decoded(content, startOf(content), content.length);
    if (text.isEmpty()) {
      problems.add(new TextProblem(file, brokenLine(content), "is not UTF-8."));
    } else if (text.get().isBlank()) {
      problems.add(new TextProblem(file, 0, "is empty."));
    } else {
      return text.map(TextExample.Plain::new);
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
