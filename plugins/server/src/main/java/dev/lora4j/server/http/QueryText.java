package dev.lora4j.server.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The query of a URL: pairs with {@code &} between them, escaped by percent signs. */
final class QueryText {
  private QueryText() {}

  /**
   * The parameters.
   *
   * @throws HttpProblem 400 if an escape is wrong or is no UTF-8
   */
  static Map<String, List<String>> parameters(String query) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
        parameters.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
      }
    }
    parameters.replaceAll((name, values) -> List.copyOf(values));
    return Collections.unmodifiableMap(parameters);
  }

  private static String decoded(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%') {
        int high = i + 2 <= raw.length - 1 ? Character.digit(raw[i + 1], 16) : -1;
        int low = i + 2 <= raw.length - 1 ? Character.digit(raw[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          throw wrong("has a percent sign without two hexadecimal digits");
        }
        bytes.write(high * 16 + low);
        i += 2;
      } else {
        bytes.write(raw[i] == '+' ? ' ' : raw[i]);
      }
    }
    return text(bytes.toByteArray());
  }

  private static String text(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.indexOf('\0') >= 0) {
        throw wrong("has a NUL");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw wrong("is no UTF-8");
    }
  }

  private static HttpProblem wrong(String what) {
    return new HttpProblem(400, "The query of the address " + what + ".");
  }
}
