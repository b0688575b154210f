package dev.lora4j.diffusion.dataset.source;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Captions of many pictures in one file: Hugging Face's {@code metadata.jsonl}, a line of JSON per
 * picture with {@code file_name} and {@code text} (also {@code caption} or {@code prompt}); the
 * same with kohya's {@code image_path}, {@code caption} and {@code tags}; or kohya's metadata, one
 * object from names, with or without folder and ending, to objects with {@code caption} and {@code
 * tags}.
 *
 * @param byPath captions by the path or name that the file has for a picture, in its order
 * @param problems what could not be used, a sentence each
 */
public record CaptionList(Map<String, String> byPath, List<String> problems) {
  /** The file that is found by itself. */
  public static final String NAME = "metadata.jsonl";

  private static final List<String> NAMES = List.of("file_name", "image_path");
  private static final List<String> TEXTS = List.of("text", "caption", "prompt");
  private static final String TAGS = "tags";

  /** The list that a folder has, if it has one. */
  public static Optional<Path> of(DataSource source) {
    Path usual = source.folder().resolve(NAME);
    return source.captionList().or(() -> Optional.of(usual).filter(Files::isRegularFile));
  }

  /**
   * Reads a file; what is wrong with it or with a line is among the problems.
   *
   * @param separator between a caption and its tags
   */
  public static CaptionList read(Path file, String separator) {
    CaptionList list = new CaptionList(new LinkedHashMap<>(), new ArrayList<>());
    try {
      if (file.toString().endsWith(".jsonl")) {
        list.lines(RegularFile.lines(file, RegularFile.DATA), separator);
      } else {
        JsonObject all =
            JsonParser.parseString(RegularFile.text(file, RegularFile.DATA)).getAsJsonObject();
        all.asMap()
            .forEach(
                (name, value) ->
                    list.add(name, said(value.getAsJsonObject(), separator).orElse(""), ""));
      }
    } catch (MalformedInputException e) {
      list.problems.add("is not UTF-8 text; save it as UTF-8.");
    } catch (IOException e) {
      list.problems.add("cannot be read (" + e.getMessage() + ").");
    } catch (JsonParseException | IllegalStateException e) {
      list.problems.add("is no JSON object of objects (" + e.getMessage() + ").");
    }
    return list;
  }

  private void lines(List<String> lines, String separator) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      String where = " in line " + (i + 1) + ".";
      try {
        JsonObject line = JsonParser.parseString(lines.get(i)).getAsJsonObject();
        Optional<String> name = NAMES.stream().flatMap(key -> text(line, key).stream()).findFirst();
        Optional<String> said = said(line, separator);
        if (name.isEmpty() || said.isEmpty()) {
          problems.add("says no file_name or no text" + where);
        } else {
          add(name.get(), said.get(), where);
        }
      } catch (JsonParseException | IllegalStateException e) {
        problems.add("has no JSON object" + where);
      }
    }
  }

  private void add(String name, String text, String where) {
    // Written by Windows and read elsewhere, too.
    String path = name.replace('\\', '/');
    try {
      if (Path.of(path).getFileName() == null) {
        problems.add("has '" + name + "' for a picture, which names no file" + where);
      } else if (byPath.putIfAbsent(path, text) != null) {
        problems.add("says " + name + " a second time" + where);
      }
    } catch (InvalidPathException e) {
      problems.add("has '" + name + "' for a picture, which is no path" + where);
    }
  }

  /** Caption and tags, where there are any; a caption of several lines has tags in each. */
  private static Optional<String> said(JsonObject object, String separator) {
    Optional<String> caption =
        TEXTS.stream().flatMap(key -> text(object, key).stream()).findFirst();
    Optional<String> tags = text(object, TAGS);
    if (caption.isEmpty() || tags.isEmpty()) {
      return caption.or(() -> tags);
    }
    String more = String.join(separator + " ", tags.get().lines().toList());
    String lines = caption.get().isBlank() ? "\n" : caption.get();
    return Optional.of(
        lines.lines().map(line -> joined(line, more, separator)).collect(Collectors.joining("\n")));
  }

  private static String joined(String caption, String tags, String separator) {
    return Stream.of(caption, tags)
        .filter(part -> !part.isBlank())
        .collect(Collectors.joining(separator + " "));
  }

  private static Optional<String> text(JsonObject object, String key) {
    JsonElement value = object.get(key);
    return value != null && value.isJsonPrimitive()
        ? Optional.of(value.getAsString().strip())
        : Optional.empty();
  }
}
