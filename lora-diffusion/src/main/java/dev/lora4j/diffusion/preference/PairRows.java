package dev.lora4j.diffusion.preference;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.diffusion.dataset.DataProblem;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pairs of a list: a line of JSON for each, {@code {"prompt", "better", "worse"}}. Paths are
 * relative to the list; other keys do not count.
 *
 * @param rows in their order
 * @param problems of lines that are none
 */
record PairRows(List<PairRow> rows, List<DataProblem> problems) {
  static final String PROMPT = "prompt";
  static final String BETTER = "better";
  static final String WORSE = "worse";

  /** Reads a list. */
  static PairRows list(Path file) {
    PairRows read = new PairRows(new ArrayList<>(), new ArrayList<>());
    try {
      List<String> lines = RegularFile.lines(file, RegularFile.DATA);
      for (int i = 0; i < lines.size(); i++) {
        if (!lines.get(i).isBlank()) {
          read.line(file, "line " + (i + 1), lines.get(i));
        }
      }
      if (read.rows.isEmpty() && read.problems.isEmpty()) {
        read.problems.add(
            DataProblem.error(file, "has no pairs; expected a line of JSON for each."));
      }
    } catch (MalformedInputException e) {
      read.problems.add(DataProblem.error(file, "is not UTF-8 text; save it as UTF-8."));
    } catch (IOException e) {
      read.problems.add(DataProblem.error(file, "cannot be read (" + e.getMessage() + ")."));
    }
    return read;
  }

  private void line(Path file, String place, String line) {
    try {
      JsonObject object = JsonParser.parseString(line).getAsJsonObject();
      List<String> missing = new ArrayList<>();
      Optional<String> prompt = text(object, PROMPT, missing);
      Optional<Path> better = text(object, BETTER, missing).map(f -> beside(file, f));
      Optional<Path> worse = text(object, WORSE, missing).map(f -> beside(file, f));
      if (missing.isEmpty()) {
        rows.add(
            new PairRow(
                file,
                place,
                better.orElseThrow(),
                worse.orElseThrow(),
                prompt.orElseThrow().strip(),
                true));
      } else {
        String keys = String.join(" and ", missing);
        String expected = "; expected the texts \"prompt\", \"better\" and \"worse\".";
        problems.add(DataProblem.error(file, place + " lacks " + keys + expected));
      }
    } catch (InvalidPathException e) {
      problems.add(DataProblem.error(file, place + " names a picture by what is no path."));
    } catch (JsonParseException | IllegalStateException e) {
      problems.add(DataProblem.error(file, place + " is no JSON object."));
    }
  }

  private static Path beside(Path list, String picture) {
    return list.resolveSibling(picture.replace('\\', '/'));
  }

  private static Optional<String> text(JsonObject object, String key, List<String> missing) {
    JsonElement value = object.get(key);
    if (value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()) {
      return Optional.of(value.getAsString());
    }
    missing.add('"' + key + '"');
    return Optional.empty();
  }
}
