package dev.lora4j.diffusion.dataset.source;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
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
 * picture with {@code file_name} and {@code text} (also {@code caption} or {@code prompt}), or
 * kohya's metadata, one object from names, with or without folder and ending, to objects with
 * {@code caption} and {@code tags}.
 *
 * @param byName captions by name of the file without its folder
 * @param problems what could not be used, a sentence each
 */
public record CaptionList(Map<String, String> byName, List<String> problems) {
  /** The file that is found by itself. */
  public static final String NAME = "metadata.jsonl";

  private static final List<String> TEXTS = List.of("text", "caption", "prompt");

  /** Reads a file; what is wrong with it or with a line is among the problems. */
  public static CaptionList read(Path file) {
    CaptionList list = new CaptionList(new LinkedHashMap<>(), new ArrayList<>());
    try {
      if (file.toString().endsWith(".jsonl")) {
        list.lines(Files.readAllLines(file));
      } else {
        JsonObject all = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        all.asMap().forEach((name, value) -> list.kohya(name, value.getAsJsonObject()));
      }
    } catch (java.nio.charset.MalformedInputException e) {
      list.problems.add("is not UTF-8 text; save it as UTF-8.");
    } catch (IOException e) {
      list.problems.add("cannot be read (" + e.getMessage() + ").");
    } catch (JsonParseException | IllegalStateException e) {
      list.problems.add("is no JSON object of objects (" + e.getMessage() + ").");
    }
    return list;
  }

  /** What it says about a picture. */
  public Optional<String> of(Path picture) {
    String name = String.valueOf(picture.getFileName());
    String stem = name.substring(0, Math.max(0, name.lastIndexOf('.')));
    return Optional.ofNullable(byName.get(name)).or(() -> Optional.ofNullable(byName.get(stem)));
  }

  private void lines(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      try {
        JsonObject line = JsonParser.parseString(lines.get(i)).getAsJsonObject();
        Optional<String> name = text(line, "file_name");
        Optional<String> text = TEXTS.stream().flatMap(key -> text(line, key).stream()).findFirst();
        if (name.isEmpty() || text.isEmpty()) {
          problems.add("says no file_name or no text in line " + (i + 1) + ".");
        } else if (byName.putIfAbsent(last(name.get()), text.get()) != null) {
          problems.add("says " + name.get() + " a second time in line " + (i + 1) + ".");
        }
      } catch (JsonParseException | IllegalStateException e) {
        problems.add("has no JSON object in line " + (i + 1) + ".");
      }
    }
  }

  private void kohya(String name, JsonObject said) {
    String text =
        Stream.of("caption", "tags")
            .flatMap(key -> text(said, key).stream())
            .filter(part -> !part.isBlank())
            .collect(Collectors.joining(", "));
    byName.put(last(name), text);
  }

  private static Optional<String> text(JsonObject object, String key) {
    JsonElement value = object.get(key);
    return value != null && value.isJsonPrimitive()
        ? Optional.of(value.getAsString().strip())
        : Optional.empty();
  }

  private static String last(String name) {
    return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  }
}
