package dev.lora4j.server.a1111;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonParser;
import dev.lora4j.server.http.HttpProblem;
import java.util.List;
import java.util.stream.Stream;

/**
 * A field of a request for pictures, and what is done with it.
 *
 * @param name as it is sent
 * @param usual its value if it is not sent
 * @param harmless further values of a refused field that ask for nothing
 * @param use what is done with it
 * @param why a refused field cannot be honoured; of others empty
 */
record RequestField(
    String name, JsonElement usual, List<JsonElement> harmless, Use use, String why) {
  /** What is done with a field. */
  enum Use {
    /** It has the effect that it has in A1111. */
    HONOURED,
    /** It is known and changes nothing in the answer here, nor by itself in A1111. */
    IGNORED,
    /** It is an error unless its value asks for nothing. */
    REFUSED
  }

  static RequestField honoured(String name, String usual) {
    return new RequestField(name, JsonParser.parseString(usual), List.of(), Use.HONOURED, "");
  }

  static RequestField ignored(String name, String usual) {
    return new RequestField(name, JsonParser.parseString(usual), List.of(), Use.IGNORED, "");
  }

  static RequestField refused(String name, String usual, String why, String... harmless) {
    List<JsonElement> all = Stream.of(harmless).map(JsonParser::parseString).toList();
    return new RequestField(name, JsonParser.parseString(usual), all, Use.REFUSED, why);
  }

  /**
   * Refuses a value that asks for what cannot be done.
   *
   * @throws HttpProblem 422 naming the field
   */
  void require(JsonElement value) {
    boolean nothing =
        value.equals(JsonNull.INSTANCE)
            || value.equals(usual)
            || harmless.contains(value)
            || (value instanceof JsonArray list && list.isEmpty());
    if (use == Use.REFUSED && !nothing) {
      throw A1111Problem.unusable(
          name + " is not supported: " + why + ". Leave it out or send " + usual + ".");
    }
  }
}
