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
import java.util.Locale;

/**
 * JSON from a hostile source, read as a stream: strict syntax, strict UTF-8, no value converted,
 * and every error one of ours. Memory is bounded by the longest single string.
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
  }

  /** Reader of a document. */
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
          "is damaged: its JSON breaks off or is malformed at " + strict.where() + ".");
    }
  }

  void beginObject() throws IOException {
    expect(JsonToken.BEGIN_OBJECT, "an object");
    json.beginObject();
  }

  void endObject() throws IOException {
    json.endObject();
  }

  void beginArray() throws IOException {
    expect(JsonToken.BEGIN_ARRAY, "an array");
    json.beginArray();
  }

  void endArray() throws IOException {
    json.endArray();
  }

  boolean hasNext() throws IOException {
    return json.hasNext();
  }

  /** Passes over the next value if it is null. */
  boolean skipNull() throws IOException {
    if (json.peek() != JsonToken.NULL) {
      return false;
    }
    json.nextNull();
    return true;
  }

  /** The next name: without NUL, and such as UTF-8 can hold. */
  String name() throws IOException {
    String name = encodable(json.nextName());
    if (!TensorNames.unbroken(name)) {
      throw inspection.fault(
          Kind.BAD_NAME,
          "is damaged: the name %s has a NUL, which hides its end from other readers."
              .formatted(QuotedText.of(name)));
    }
    return name;
  }

  /** The next name, unchecked: for objects of which only a few known names matter. */
  String field() throws IOException {
    return json.nextName();
  }

  String string() throws IOException {
    expect(JsonToken.STRING, "a string");
    return encodable(json.nextString());
  }

  /** The text of the next number; the parser itself would round 1e30 and 4.5 to a long. */
  String number() throws IOException {
    expect(JsonToken.NUMBER, "a number");
    return json.nextString();
  }

  /** Passes over one value of any type. */
  void skip() throws IOException {
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
            Kind.TOO_DEEP,
            "nests JSON deeper than %s levels at %s; refused.".formatted(Limits.DEPTH, where()));
      }
    } while (depth > 0);
  }

  private String encodable(String text) {
    if (!TensorNames.encodable(text)) {
      throw inspection.fault(
          Kind.BAD_TEXT,
          "is damaged: its JSON has half a surrogate pair at %s.".formatted(where()));
    }
    return text;
  }

  private void expect(JsonToken token, String expected) throws IOException {
    JsonToken found = json.peek();
    if (found != token) {
      throw inspection.fault(
          Kind.WRONG_TYPE,
          "is damaged: its JSON should have %s at %s, not %s."
              .formatted(expected, where(), words(found)));
    }
  }

  private static String words(JsonToken token) {
    return switch (token) {
      case BEGIN_OBJECT -> "an object";
      case BEGIN_ARRAY -> "an array";
      case BOOLEAN -> "true or false";
      case STRING, NUMBER -> "a " + token.name().toLowerCase(Locale.ROOT);
      default -> token.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    };
  }

  private String where() {
    return QuotedText.of(json.getPath());
  }
}
