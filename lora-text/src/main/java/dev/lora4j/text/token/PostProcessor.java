package dev.lora4j.text.token;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** The tokens that a tokeniser puts around a text, in a {@code tokenizer.json}. */
final class PostProcessor {
  private PostProcessor() {}

  /**
   * Sets the tokens before and after a text by {@code add_bos_token} and {@code add_eos_token};
   * other steps after the division of a text stay.
   */
  static void set(
      JsonObject json, List<SpecialTokens.Token> before, List<SpecialTokens.Token> after) {
    List<String> texts = new ArrayList<>();
    before.forEach(token -> texts.add(token.text()));
    after.forEach(token -> texts.add(token.text()));
    List<Integer> beforeIds = before.stream().map(SpecialTokens.Token::id).toList();
    List<Integer> afterIds = after.stream().map(SpecialTokens.Token::id).toList();
    JsonObject processor = processor(beforeIds, afterIds, texts);

    JsonArray steps = new JsonArray();
    if (json.get("post_processor") instanceof JsonObject found) {
      JsonElement several = found.get("processors");
      for (JsonElement step : several instanceof JsonArray list ? list : listOf(found)) {
        if (step.getAsJsonObject().get("type").getAsString().equals("ByteLevel")) {
          steps.add(step);
        }
      }
    }
    steps.add(processor);
    JsonObject sequence = JsonFiles.typed("Sequence");
    sequence.add("processors", steps);
    json.add("post_processor", sequence);
  }

  /**
   * A template around one text and around each of two.
   *
   * @param texts of the tokens before, then of those after
   */
  static JsonObject processor(List<Integer> before, List<Integer> after, List<String> texts) {
    JsonObject tokens = new JsonObject();
    for (int i = 0; i < texts.size(); i++) {
      int id = i < before.size() ? before.get(i) : after.get(i - before.size());
      JsonObject token = new JsonObject();
      token.addProperty("id", texts.get(i));
      token.add("ids", listOf(id));
      token.add("tokens", listOf(texts.get(i)));
      tokens.add(texts.get(i), token);
    }
    JsonArray single = new JsonArray();
    single.addAll(around("A", 0, before.size(), texts));
    JsonArray pair = new JsonArray();
    pair.addAll(around("A", 0, before.size(), texts));
    pair.addAll(around("B", 1, before.size(), texts));
    JsonObject processor = JsonFiles.typed("TemplateProcessing");
    processor.add("single", single);
    processor.add("pair", pair);
    processor.add("special_tokens", tokens);
    return processor;
  }

  private static JsonArray around(String text, int type, int before, List<String> tokens) {
    JsonArray places = new JsonArray();
    for (int i = 0; i < before; i++) {
      places.add(place("SpecialToken", tokens.get(i), type));
    }
    places.add(place("Sequence", text, type));
    for (int i = before; i < tokens.size(); i++) {
      places.add(place("SpecialToken", tokens.get(i), type));
    }
    return places;
  }

  private static JsonObject place(String kind, String id, int type) {
    JsonObject fields = new JsonObject();
    fields.addProperty("id", id);
    fields.addProperty("type_id", type);
    JsonObject place = new JsonObject();
    place.add(kind, fields);
    return place;
  }

  private static JsonArray listOf(Object only) {
    JsonArray list = new JsonArray();
    if (only instanceof JsonElement element) {
      list.add(element);
    } else if (only instanceof Integer number) {
      list.add(number);
    } else {
      list.add(String.valueOf(only));
    }
    return list;
  }
}
