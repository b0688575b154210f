package dev.lora4j.hub.listing;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.hub.web.HubException;
import dev.lora4j.hub.web.WebClient;
import dev.lora4j.hub.web.WebRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** An object of a hub's reply, in which any field may be missing or of another type than usual. */
record ApiJson(JsonObject object) {
  private static final int MOST_BYTES = 16 << 20;

  /**
   * Asks for an object.
   *
   * @throws HubException if the reply is none
   */
  static ApiJson get(WebClient client, WebRequest request) throws InterruptedException {
    String host = request.address().getHost();
    byte[] bytes = client.bytes(request, MOST_BYTES);
    try {
      JsonElement reply = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8));
      if (reply instanceof JsonObject object) {
        return new ApiJson(object);
      }
      throw new HubException(host + " replies with JSON of another form than its API has.");
    } catch (JsonParseException e) {
      throw new HubException(host + " replies with something else than JSON.", e);
    }
  }

  /** A text, or a number as text; empty if there is none. */
  String text(String name) {
    JsonElement value = object.get(name);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
  }

  /** A whole number that is not negative. */
  OptionalLong number(String name) {
    String digits = text(name);
    return digits.matches("\\d{1,15}")
        ? OptionalLong.of(Long.parseLong(digits))
        : OptionalLong.empty();
  }

  /** True if the field is true. */
  boolean flag(String name) {
    return text(name).equals("true");
  }

  /** The object in a field; one without fields if there is none. */
  ApiJson inner(String name) {
    return object.get(name) instanceof JsonObject inner
        ? new ApiJson(inner)
        : new ApiJson(new JsonObject());
  }

  /** The objects in a list. */
  List<ApiJson> objects(String name) {
    List<ApiJson> objects = new ArrayList<>();
    if (object.get(name) instanceof JsonArray array) {
      for (JsonElement element : array) {
        if (element instanceof JsonObject one) {
          objects.add(new ApiJson(one));
        }
      }
    }
    return objects;
  }

  /** The texts in a list, or the only one where there is no list. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    if (object.get(name) instanceof JsonArray array) {
      for (JsonElement element : array) {
        if (element.isJsonPrimitive()) {
          texts.add(element.getAsString());
        }
      }
    } else if (!text(name).isEmpty()) {
      texts.add(text(name));
    }
    return texts;
  }

  /** SHA-256 in a field, in lower case. */
  Optional<String> sha256(String name) {
    return Sha256.in(text(name));
  }
}
