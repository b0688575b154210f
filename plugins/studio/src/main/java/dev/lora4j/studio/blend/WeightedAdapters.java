package dev.lora4j.studio.blend;

import dev.lora4j.cli.file.SuffixedFile;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.library.AdapterPlaces;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The field {@code adapters} of requests about files: names with one weight each. */
final class WeightedAdapters {
  private static final double MOST = 1000;
  private static final int MOST_ADAPTERS = 64;

  private WeightedAdapters() {}

  /**
   * The adapters as command lines name them, {@code ink.safetensors:0.7}.
   *
   * @param least how many there must be
   * @throws FieldException if there are fewer, or one cannot be found or named
   */
  static List<String> words(JsonFields request, AdapterPlaces places, int least) {
    List<String> words =
        request
            .list("adapters", (path, row) -> word(JsonFields.fields(path, row), places))
            .orElse(List.of());
    if (words.size() < least || words.size() > MOST_ADAPTERS) {
      throw new FieldException(
          "adapters",
          "adapters must be a list of "
              + least
              + " to "
              + MOST_ADAPTERS
              + ", found "
              + words.size()
              + ".");
    }
    return new ArrayList<>(words);
  }

  private static String word(JsonFields row, AdapterPlaces places) {
    KnownFields.require(row, Set.of("name", "weight"));
    String shown = places.shown(places.require(row.path("name"), row.requiredText("name")));
    double weight = row.number("weight", -MOST, MOST).orElse(1);
    String word = weight == 1 ? shown : shown + ":" + weight;
    if (!SuffixedFile.of(word).file().equals(Path.of(shown))) {
      throw new FieldException(
          row.path("name"),
          "A command line cannot name "
              + shown
              + ", as what follows its colon looks like a weight. Rename the file.");
    }
    return word;
  }
}
