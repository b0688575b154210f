package dev.lora4j.diffusion.dataset.archive;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Optional;

/** Caption in the JSON of a picture, as img2dataset writes it. */
final class JsonCaption {
  private static final List<String> KEYS = List.of("caption", "text", "prompt");

  private JsonCaption() {}

  /**
   * The first of the keys that has a text.
   *
   * @return empty if none has
   * @throws ArchiveException if it is no JSON
   */
  static Optional<String> of(String member, String json) throws ArchiveException {
    try {
      JsonElement all = JsonParser.parseString(json);
      if (!all.isJsonObject()) {
        return Optional.empty();
      }
      return KEYS.stream()
          .flatMap(key -> Optional.ofNullable(all.getAsJsonObject().get(key)).stream())
          .filter(value -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isString())
          .map(JsonElement::getAsString)
          .findFirst();
    } catch (JsonParseException | StackOverflowError e) {
      throw new ArchiveException("has the member '" + member + "', which is no JSON.");
    }
  }
}
