package dev.lora4j.core.safetensors;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * JSON from a hostile source, read as a stream: strict syntax, strict UTF-8, no value converted,
 * and every error one of ours.
 */
final class StrictJson {
  private final Inspection inspection;
  private final JsonReader json;

  private StrictJson(Inspection inspection, InputStream bytes) {
    this.inspection = inspection;
    this.json =
        new JsonReader(
            new InputStreamReader(
                bytes,
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
    json.setStrictness(Strictness.STRICT);
    json.setNestingLimit(Limits.DEPTH + 8);
  }

  /** What reads a document. */
  @FunctionalInterface
  interface Body {
    void read(StrictJson json) throws IOException;
  }

  /** Lets {@code body} read one value, which must be all that {@code bytes} hold. */
  static void read(Inspection inspection, InputStream bytes, Body body) throws IOException {
    StrictJson strict = new StrictJson(inspection, bytes);
    try {
      body.read(strict);
      if (strict.json.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedJsonException("more than one value");
      }
    } catch (CharacterCodingException e) {
      throw inspection.fault(Kind.HEADER_NOT_UTF8, "is damaged: its JSON is not UTF-8 text.");
    } catch (MalformedJsonException | EOFException e) {
      throw inspection.fault(
          Kind.HEADER_NOT_JSON,
          "is damaged: its JSON breaks off or is malformed near " + strict.where() + ".");
    }
  }

  /** Where the reader stands, for messages. */
  String where() {
    return Quoted.of(json.getPath());
  }

  void beginObject(String what) throws IOException {
    expect(JsonToken.BEGIN_OBJECT, what, "an object");
    json.beginObject();
  }

  void endObject() throws IOException {
    json.endObject();
  }

  void beginArray(String what) throws IOException {
    expect(JsonToken.BEGIN_ARRAY, what, "an array");
    json.beginArray();
  }

  void endArray() throws IOException {
    json.endArray();
  }

  boolean hasNext() throws IOException {
    return json.hasNext();
  }

  /**
   * The next name. NUL ends a string in C, and half a surrogate pair has no UTF-8 form: with
   * either, another reader would see another name.
   */
  String name() throws IOException {
    String name = json.nextName();
    if (!Names.sound(name)) {
      throw inspection.fault(
          Kind.BAD_NAME,
          "is damaged: the name " + Quoted.of(name) + " has a NUL or half a surrogate pair.");
    }
    return name;
  }

  String string(String what) throws IOException {
    expect(JsonToken.STRING, what, "a string");
    return json.nextString();
  }

  /** The text of the next number; the parser itself would round 1e30 and 4.5 to a long. */
  String number(String what) throws IOException {
    expect(JsonToken.NUMBER, what, "a number");
    return json.nextString();
  }

  /** Passes over one value of any type. */
  void skip(String what) throws IOException {
    int depth = 0;
    do {
      switch (json.peek()) {
        case BEGIN_ARRAY -> {
          json.beginArray();
          depth++;
        }
        case BEGIN_OBJECT -> {
          json.beginObject();
          depth++;
        }
        case END_ARRAY -> {
          json.endArray();
          depth--;
        }
        case END_OBJECT -> {
          json.endObject();
          depth--;
        }
        default -> json.skipValue(); // Of a member only the name, so that its value is counted too.
      }
      if (depth > Limits.DEPTH) {
        throw inspection.fault(
            Kind.TOO_DEEP, "nests values deeper than " + Limits.DEPTH + " levels in " + what + ".");
      }
    } while (depth > 0);
  }

  private void expect(JsonToken token, String what, String expected) throws IOException {
    JsonToken found = json.peek();
    if (found != token) {
      String text = found.toString().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
      throw inspection.fault(
          Kind.WRONG_TYPE,
          "is damaged: " + what + " should be " + expected + ", not " + text + ".");
    }
  }
}
