package dev.lora4j.studio.library;

import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.CommandWords;
import dev.lora4j.studio.action.KnownFields;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** Fields of requests that make an adapter of others, as words of their command lines. */
public final class AdapterRequest {
  private static final String OUTPUT = "output";
  private static final String LAYOUT = "layout";
  private static final String ENDING = ".safetensors";
  private static final String OVERWRITE = "overwrite";
  private static final List<String> TYPES = List.of("f32", "f16", "bf16");
  private static final int MOST_RANK = 100_000;

  private final JsonFields fields;
  private final AdapterPlaces places;

  /**
   * A request.
   *
   * @throws FieldException if it has other fields than these
   */
  public AdapterRequest(JsonFields fields, AdapterPlaces places, Set<String> known) {
    this.fields = fields;
    this.places = places;
    KnownFields.require(fields, known);
  }

  /** An adapter that the request names, as command lines do. */
  public String adapter(String name) {
    return places.shown(places.require(name, fields.requiredText(name)));
  }

  /** Name of the adapter that is made. */
  public String output() {
    return fields.requiredText(OUTPUT);
  }

  /** The layout that is asked for. */
  public Optional<String> layout() {
    // The library of the page holds safetensors.
    List<String> names =
        AdapterWriters.all().entrySet().stream()
            .filter(l -> l.getValue().folder() || l.getValue().ending().equals(ENDING))
            .map(Map.Entry::getKey)
            .toList();
    return choice(LAYOUT, names);
  }

  /** The file that is made, as command lines name it. */
  public String file() {
    boolean folder = layout().filter(name -> AdapterWriters.named(name).folder()).isPresent();
    return places.made(OUTPUT, output(), folder, fields.flag(OVERWRITE, false));
  }

  private Optional<String> choice(String name, List<String> values) {
    Optional<String> found = fields.text(name).map(text -> text.toLowerCase(Locale.ROOT));
    found
        .filter(text -> !values.contains(text))
        .ifPresent(
            text -> {
              throw new FieldException(
                  name, name + " must be " + String.join(", ", values) + ", found '" + text + "'.");
            });
    return found;
  }

  /** Adds the types of numbers and the layout, where they are asked for. */
  public void form(CommandWords words) {
    choice("dtype", TYPES).ifPresent(type -> words.option("--dtype", type));
    layout().ifPresent(layout -> words.option("--layout", layout));
  }

  /** Adds a rank, where it is asked for. */
  public void rank(CommandWords words, String name, String option) {
    OptionalInt rank = fields.integer(name, 1, MOST_RANK);
    if (rank.isPresent()) {
      words.option(option, Integer.toString(rank.getAsInt()));
    }
  }

  /** Adds a number, where it is asked for. */
  public void number(CommandWords words, String name, String option) {
    OptionalDouble number = fields.number(name, 0, Double.MAX_VALUE);
    if (number.isPresent()) {
      words.option(option, Double.toString(number.getAsDouble()));
    }
  }

  /** Adds an option without a value, where it is asked for. */
  public void flag(CommandWords words, String name, String option) {
    if (fields.flag(name, false)) {
      words.flag(option);
    }
  }
}
