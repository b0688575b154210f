package dev.lora4j.text.token;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

/**
 * A token that is found in a text before anything is split.
 *
 * @param id its id
 * @param content the text that it is
 * @param special whether decoding may leave it out
 * @param singleWord whether it is no part of a word
 * @param leftSpace whether it takes the white space before it
 * @param rightSpace whether it takes the white space after it
 * @param normalized whether it is looked for in the text after normalisation
 */
record AddedToken(
    int id,
    String content,
    boolean special,
    boolean singleWord,
    boolean leftSpace,
    boolean rightSpace,
    boolean normalized) {

  /** A special token, which decoding leaves out and which is found as it is written. */
  static AddedToken special(int id, String content) {
    return new AddedToken(id, content, true, false, false, false, false);
  }

  /** Reads an entry of {@code tokenizer.json} or {@code added_tokens_decoder}. */
  static AddedToken read(int id, JsonObject fields) {
    return new AddedToken(
        id,
        fields.get("content").getAsString(),
        flag(fields, "special"),
        flag(fields, "single_word"),
        flag(fields, "lstrip"),
        flag(fields, "rstrip"),
        flag(fields, "normalized"));
  }

  /** The entry of a {@code tokenizer.json}. */
  JsonObject json() {
    JsonObject token = new JsonObject();
    token.addProperty("id", id);
    token.addProperty("content", content);
    token.addProperty("single_word", singleWord);
    token.addProperty("lstrip", leftSpace);
    token.addProperty("rstrip", rightSpace);
    token.addProperty("normalized", normalized);
    token.addProperty("special", special);
    return token;
  }

  private static boolean flag(JsonObject fields, String name) {
    return fields.get(name) instanceof JsonPrimitive value && value.getAsBoolean();
  }

  /** The content of a token that is a text or an object. */
  static String contentOf(JsonElement value) {
    return value.isJsonObject()
        ? value.getAsJsonObject().get("content").getAsString()
        : value.getAsString();
  }
}
