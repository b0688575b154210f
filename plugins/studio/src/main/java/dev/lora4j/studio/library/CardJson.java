package dev.lora4j.studio.library;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.server.library.AdapterFile;
import java.util.Collection;
import java.util.Optional;

/** A card's fields, of which those that say nothing are left out. */
final class CardJson {
  private static final Gson GSON = new Gson();

  private final JsonObject json = new JsonObject();

  CardJson text(String name, String value) {
    if (!value.isEmpty()) {
      json.addProperty(name, value);
    }
    return this;
  }

  /** The first of two texts, or the second where the first says nothing. */
  CardJson text(String name, String first, String second) {
    return text(name, first.isEmpty() ? second : first);
  }

  /** A number; left out if it is 0. */
  CardJson number(String name, double value) {
    if (value == Math.rint(value)) {
      return whole(name, (long) value);
    }
    json.addProperty(name, value);
    return this;
  }

  private CardJson whole(String name, long value) {
    if (value != 0) {
      json.addProperty(name, value);
    }
    return this;
  }

  CardJson list(String name, Collection<String> values) {
    JsonArray all = new JsonArray();
    values.forEach(all::add);
    json.add(name, all);
    return this;
  }

  CardJson value(String name, Object value) {
    json.add(name, value instanceof JsonElement element ? element : GSON.toJsonTree(value));
    return this;
  }

  CardJson file(AdapterFile file, String shown) {
    String name = file.key().name();
    json.addProperty("name", name);
    json.addProperty("file", shown);
    json.addProperty("folder", name.substring(0, Math.max(0, name.lastIndexOf('/'))));
    json.addProperty("bytes", file.bytes());
    json.addProperty("modified", file.modified().toEpochMilli());
    return this;
  }

  CardJson content(Optional<ContentFacts> found) {
    json.addProperty("kind", found.map(ContentFacts::kind).orElse("unknown"));
    found.ifPresent(
        content -> {
          text("family", content.family()).text("for", content.title());
          JsonObject keys = new JsonObject();
          keys.addProperty("total", content.total());
          keys.addProperty("used", content.used());
          keys.addProperty("unused", content.total() - content.used());
          keys.add("problems", GSON.toJsonTree(content.problems()));
          json.add("keys", keys);
          list("problems", content.problems()).list("warnings", content.warnings());
        });
    return this;
  }

  JsonObject json() {
    return json;
  }
}
