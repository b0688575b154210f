package dev.lora4j.studio.blend;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.KnownFields;
import dev.lora4j.studio.library.AdapterPlaces;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
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

  /**
   * Refuses rows with more than a name and a weight.
   *
   * @throws FieldException if there is one
   */
  static void requirePlain(JsonFields request) {
    request
        .list("adapters", JsonFields::fields)
        .orElse(List.of())
        .forEach(row -> KnownFields.require(row, Set.of("name", "weight")));
  }

  /** Adds what rows say of text encoders and blocks, by the names of the adapters' files. */
  static void details(JsonFields request, AdapterPlaces places, CommandWords words) {
    for (JsonFields row : request.list("adapters", JsonFields::fields).orElse(List.of())) {
      String name =
          LoraOption.name(places.require(row.path("name"), row.requiredText("name")).path());
      OptionalDouble text = row.number("text", -MOST, MOST);
      if (text.isPresent()) {
        words.option("--lora-te", name + "=" + text.getAsDouble());
      }
      row.text("blocks")
          .filter(blocks -> !blocks.isBlank())
          .ifPresent(blocks -> words.option("--blocks", name + "=" + blocks.strip()));
    }
  }

  private static String word(JsonFields row, AdapterPlaces places) {
    KnownFields.require(row, Set.of("name", "weight", "text", "blocks"));
    AdapterFile file = places.require(row.path("name"), row.requiredText("name"));
    double weight = row.number("weight", -MOST, MOST).orElse(1);
    return places.weighted(row.path("name"), file, weight == 1 ? "" : Double.toString(weight));
  }
}
