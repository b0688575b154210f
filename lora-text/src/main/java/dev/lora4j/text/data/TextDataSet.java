package dev.lora4j.text.data;

import dev.lora4j.core.train.SeededNoise;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The examples of a run, all of one form.
 *
 * @param form what they hold
 * @param examples in the order of the files and lines
 * @param places where each of them was read
 */
public record TextDataSet(TextForm form, List<TextExample> examples, List<SourceLocation> places) {
  private static final long SPLIT = 11;

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
    for (Path file : DataFiles.files(path, problems)) {
      ExampleLines lines = new ExampleLines(file, problems);
      Optional<TextForm> found;
      if (DataFiles.isLines(file)) {
        DataFiles.lines(file, problems, (text, line) -> lines.read(line, text));
        found = lines.form().map(TextForm::read);
        examples.addAll(lines.examples());
        places.addAll(lines.places());
      } else {
        found = Optional.of(TextForm.TEXT);
        DataFiles.whole(file, problems).map(TextExample.Plain::new).ifPresent(examples::add);
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
    problems.addAll(lackingMargins(examples, places));
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
    return new TextDataSet(form.orElseThrow(), examples, places);
  }

  /** Examples without a margin where others have one. */
  private static List<TextProblem> lackingMargins(
      List<TextExample> examples, List<SourceLocation> places) {
    int[] without = IntStream.range(0, examples.size()).filter(i -> !margin(examples, i)).toArray();
    return without.length == examples.size()
        ? List.of()
        : Arrays.stream(without)
            .mapToObj(
                i ->
                    places
                        .get(i)
                        .problem("has no 'margin', and others have one; give one in all or none."))
            .toList();
  }

  private static boolean margin(List<TextExample> examples, int i) {
    return (examples.get(i) instanceof TextExample.Preference plain && plain.margin().isPresent())
        || (examples.get(i) instanceof TextExample.ChatPreference chat
            && chat.margin().isPresent());
  }

  /** True if the examples are pairs that say by how much the better one is better. */
  public boolean margins() {
    return !examples.isEmpty() && margin(examples, 0);
  }

  /**
   * Holds a share of the examples out. Which, depends on the seed and their number alone.
   *
   * @param share 0 to 1; at least one example is held out where it is above 0
   * @throws IllegalArgumentException if nothing would be left to train on
   */
  public Split split(double share, long seed) {
    boolean[] out = heldOut(examples.size(), share, seed);
    return new Split(part(out, false), part(out, true));
  }

  /** Which of so many examples are held out, see {@link #split}. */
  static boolean[] heldOut(int count, double share, long seed) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException(
          "The share for validation is " + share + "; it is from 0 to below 1.");
    }
    int held = share == 0 ? 0 : (int) Math.max(1, Math.round(share * count));
    if (held >= count) {
      throw new IllegalArgumentException(
          "Holding %s of %d examples out leaves none to train on.".formatted(share, count));
    }
    boolean[] out = new boolean[count];
    Arrays.stream(SeededNoise.of(seed, SPLIT).permutation(count))
        .limit(held)
        .forEach(i -> out[i] = true);
    return out;
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

  /** The classes of the words of the examples in the order of their names; empty without any. */
  public List<String> tags() {
    return examples.stream()
        .filter(TextExample.Tagged.class::isInstance)
        .flatMap(example -> ((TextExample.Tagged) example).tags().stream())
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
}
