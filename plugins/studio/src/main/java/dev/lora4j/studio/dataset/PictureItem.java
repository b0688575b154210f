package dev.lora4j.studio.dataset;

import com.google.gson.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A picture of a set, as the page shows it.
 *
 * @param file its path within the set, with slashes
 * @param problem why it cannot be trained on or shown; empty if it can
 */
record PictureItem(
    PictureSet set,
    String file,
    PictureFacts.Facts facts,
    SetCaptions.Found caption,
    String problem) {
  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("file", file);
    if (facts.width() > 0) {
      json.addProperty("width", facts.width());
      json.addProperty("height", facts.height());
    }
    json.addProperty("bytes", facts.bytes());
    json.addProperty("caption", caption.text());
    add(json, "otherwise", caption.otherwise());
    add(json, "captionFrom", caption.list());
    String url =
        "/studio/pictures/file?set="
            + encoded(set.name())
            + "&file="
            + encoded(file)
            + "&v="
            + facts.stamp();
    json.addProperty("url", url);
    json.addProperty("thumb", url + "&thumb=1");
    add(json, "problem", problem);
    return json;
  }

  private static void add(JsonObject json, String name, String text) {
    if (!text.isEmpty()) {
      json.addProperty(name, text);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
