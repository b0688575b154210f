package dev.lora4j.server.a1111;

import com.google.gson.JsonObject;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fields of an infotext: the prompts, then names with values behind colons. */
final class InfotextFields {
  private static final Pattern FIELD =
      Pattern.compile(
          "\\s*(\\w[\\w \\-/]{1,80}):\\s*"
              + "(\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"|[^,]*)(?:,|$)");
  private static final Pattern SIZE = Pattern.compile("(\\d+)x(\\d+)");
  private static final String NEGATIVE = "Negative prompt:";
  private static final int LEAST_FIELDS = 3;

  /** Longer lines were written by nobody who tells fields in them. */
  private static final int LONGEST = 8192;

  private InfotextFields() {}

  /** The fields as texts, under the names that A1111 gives them; none of an empty text. */
  static JsonObject of(String infotext) {
    JsonObject fields = new JsonObject();
    if (infotext.isBlank()) {
      return fields;
    }
    String text = infotext.strip();
    int end = text.lastIndexOf('\n');
    String last = text.substring(end + 1);
    boolean told =
        last.length() <= LONGEST && FIELD.matcher(last).results().count() >= LEAST_FIELDS;
    String prompts = told ? text.substring(0, Math.max(0, end)) : text;
    int negative = prompts.indexOf(NEGATIVE);
    fields.addProperty("Prompt", (negative < 0 ? prompts : prompts.substring(0, negative)).strip());
    fields.addProperty(
        "Negative prompt",
        negative < 0 ? "" : prompts.substring(negative + NEGATIVE.length()).strip());
    if (told) {
      Matcher found = FIELD.matcher(last);
      while (found.find()) {
        put(fields, found.group(1), found.group(2));
      }
    }
    return fields;
  }

  private static void put(JsonObject fields, String name, String value) {
    Matcher size = SIZE.matcher(value);
    if (size.matches()) {
      fields.addProperty(name + "-1", size.group(1));
      fields.addProperty(name + "-2", size.group(2));
    } else {
      boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
      fields.addProperty(
          name,
          quoted
              ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1")
              : value.strip());
    }
  }
}
