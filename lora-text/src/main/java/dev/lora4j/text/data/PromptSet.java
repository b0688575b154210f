package dev.lora4j.text.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Prompts of a run that learns from rewards.
 *
 * @param prompts in the order of the files and lines
 * @param places where each of them was read
 */
public record PromptSet(List<PromptLine> prompts, List<SourceLocation> places) {
  /** No prompts. */
  public static final PromptSet NONE = new PromptSet(List.of());

  private static final String PROMPT = "prompt";

  /** Copies its collections. */
  public PromptSet {
    prompts = List.copyOf(prompts);
    places = List.copyOf(places);
    if (places.size() != prompts.size()) {
      throw new IllegalArgumentException(
          prompts.size() + " prompts have " + places.size() + " places.");
    }
  }

  /** Prompts that were read from no file. */
  public PromptSet(List<PromptLine> prompts) {
    this(
        prompts,
        IntStream.rangeClosed(1, prompts.size()).mapToObj(SourceLocation::numbered).toList());
  }

  /**
   * Division into training and validation.
   *
   * @param training the larger part, in the order of the data
   * @param validation the rest, in the order of the data
   */
  public record Split(PromptSet training, PromptSet validation) {}

  /**
   * Reads a file of JSON objects, one a line, or all such files of a folder in the order of their
   * names. Each has a {@code prompt}, a text or a list of messages; its other values are for reward
   * functions.
   *
   * @throws TextDataException with all that is wrong
   * @throws IOException if a file cannot be read
   */
  public static PromptSet read(Path path) throws IOException {
    return read(path, PromptSet::prompt);
  }

  /** Reader of a line, which adds what is wrong with it to the problems of the fields. */
  @FunctionalInterface
  interface LineReader {
    /** The prompt of a line. */
    PromptLine read(JsonFields fields, int line, JsonObject object);
  }

  /** {@link #read(Path)} with lines of another form. */
  static PromptSet read(Path path, LineReader reader) throws IOException {
    List<TextProblem> problems = new ArrayList<>();
    List<PromptLine> prompts = new ArrayList<>();
    List<SourceLocation> places = new ArrayList<>();
    for (Path file : DataFiles.files(path, problems)) {
      if (!DataFiles.isLines(file)) {
        problems.add(
            new TextProblem(
                file, 0, "is no .jsonl file; a prompt is a line such as {\"prompt\": \"...\"}."));
        continue;
      }
      JsonFields fields = new JsonFields(file, problems);
      DataFiles.lines(
          file,
          problems,
          (text, line) ->
              fields
                  .object(line, text)
                  .ifPresent(
                      object -> {
                        prompts.add(reader.read(fields, line, object));
                        places.add(new SourceLocation(file, line));
                      }));
    }
    if (prompts.isEmpty() && problems.isEmpty()) {
      problems.add(new TextProblem(path, 0, "holds no prompts."));
    }
    if (!problems.isEmpty()) {
      throw new TextDataException(problems);
    }
    return new PromptSet(prompts, places);
  }

  /** The prompt of a line, with its other values as columns. */
  static PromptLine prompt(JsonFields fields, int line, JsonObject object) {
    Map<String, Object> columns = new LinkedHashMap<>();
    object.entrySet().stream()
        .filter(e -> !e.getKey().equals(PROMPT) && !e.getValue().isJsonNull())
        .forEach(e -> columns.put(e.getKey(), plain(e.getValue())));
    object.entrySet().stream()
        .filter(e -> gaps(e.getValue()))
        .forEach(
            e ->
                fields.problem(
                    line, "has null in a list at '" + e.getKey() + "'; leave it out there."));
    if (!object.has(PROMPT)) {
      fields.problem(
          line, "has no 'prompt' among its keys " + String.join(", ", object.keySet()) + ".");
      return new PromptLine("", List.of(), columns);
    }
    return object.get(PROMPT) instanceof JsonArray
        ? new PromptLine("", fields.messages(line, object, PROMPT), columns)
        : new PromptLine(fields.text(line, object, PROMPT, false), List.of(), columns);
  }

  private static boolean gaps(JsonElement value) {
    if (value instanceof JsonArray list) {
      return list.asList().stream().anyMatch(each -> each.isJsonNull() || gaps(each));
    }
    return value instanceof JsonObject object
        && object.asMap().values().stream().anyMatch(PromptSet::gaps);
  }

  /** A value of a line as an object of Java. */
  private static Object plain(JsonElement value) {
    if (value instanceof JsonObject object) {
      Map<String, Object> map = new LinkedHashMap<>();
      object.entrySet().stream()
          .filter(e -> !e.getValue().isJsonNull())
          .forEach(e -> map.put(e.getKey(), plain(e.getValue())));
      return map;
    } else if (value instanceof JsonArray list) {
      List<Object> all = new ArrayList<>();
      list.asList().stream()
          .filter(each -> !each.isJsonNull())
          .forEach(each -> all.add(plain(each)));
      return all;
    } else if (value instanceof JsonPrimitive one && one.isBoolean()) {
      return one.getAsBoolean();
    } else if (value instanceof JsonPrimitive one && one.isNumber()) {
      return number(one.getAsString());
    }
    return value.getAsString();
  }

  private static Object number(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      return Double.valueOf(text);
    }
  }

  /**
   * Holds a share of the prompts out, as {@link TextDataSet#split} does.
   *
   * @throws IllegalArgumentException if nothing would be left to train on
   */
  public Split split(double share, long seed) {
    boolean[] out = TextDataSet.heldOut(prompts.size(), share, seed);
    return new Split(part(out, false), part(out, true));
  }

  private PromptSet part(boolean[] out, boolean wanted) {
    int[] kept = IntStream.range(0, out.length).filter(i -> out[i] == wanted).toArray();
    return new PromptSet(
        IntStream.of(kept).mapToObj(prompts::get).toList(),
        IntStream.of(kept).mapToObj(places::get).toList());
  }
}
