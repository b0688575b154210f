package dev.lora4j.studio.library;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What somebody has noted of an adapter, in the form of AUTOMATIC1111's {@code NAME.json}.
 *
 * @param triggers words of prompts that it reacts to; none if it does not say
 * @param weight that suits it, if it says one
 * @param negative text for the negative prompt
 * @param description longer text
 */
record UserNotes(
    List<String> triggers,
    Optional<Double> weight,
    String negative,
    String text,
    String description) {
  static final UserNotes NONE = new UserNotes(List.of(), Optional.empty(), "", "", "");

  /** Entries of the file. */
  static final String TRIGGERS = "activation text";

  static final String WEIGHT = "preferred weight";
  static final String TEXT = "notes";
  private static final String NEGATIVE = "negative text";
  private static final String DESCRIPTION = "description";

  /** Copies the list. */
  UserNotes {
    triggers = List.copyOf(triggers);
  }

  static UserNotes of(JsonObject json) {
    List<String> words =
        Arrays.stream(text(json, TRIGGERS).split(",", -1))
            .map(ForeignText::line)
            .filter(word -> !word.isEmpty())
            .toList();
    return new UserNotes(
        words, weight(json), text(json, NEGATIVE), text(json, TEXT), text(json, DESCRIPTION));
  }

  private static String text(JsonObject json, String name) {
    JsonElement found = json.get(name);
    return found instanceof JsonPrimitive one && one.isString() ? one.getAsString() : "";
  }

  /** As in AUTOMATIC1111, 0 is no weight. */
  private static Optional<Double> weight(JsonObject json) {
    JsonElement found = json.get(WEIGHT);
    try {
      return found instanceof JsonPrimitive one
          ? Optional.of(one.getAsDouble()).filter(w -> Double.isFinite(w) && w != 0)
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
