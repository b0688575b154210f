package dev.lora4j.studio.blend;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

/** What a recipe or a picture needs and is not here, told one by one. */
final class MissingParts {
  private final JsonArray all = new JsonArray();

  /**
   * Adds a part.
   *
   * @param what kind of part: adapter, base, region, mixer, or setting
   * @param name what it is called
   * @param digest of its content; empty if it has none
   * @param text sentence for the user
   */
  void add(String what, String name, String digest, String text) {
    JsonObject one = new JsonObject();
    one.addProperty("what", what);
    one.addProperty("name", name);
    if (!digest.isEmpty()) {
      one.addProperty("digest", digest);
    }
    one.addProperty("text", text);
    all.add(one);
  }

  JsonArray json() {
    return all;
  }
}
