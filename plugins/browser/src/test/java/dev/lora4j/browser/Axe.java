package dev.lora4j.browser;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Deque's axe, which finds what keeps people out of a page. */
final class Axe {
  private static final String RUN =
      "async () => JSON.stringify((await axe.run(document, {runOnly: {type: 'tag', values:"
          + " ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}})).violations)";

  private Axe() {}

  /** Its serious and critical findings on a page as it is now, in words. */
  static List<String> serious(Page page) throws IOException {
    try (InputStream in = Objects.requireNonNull(Axe.class.getResourceAsStream("/axe.min.js"))) {
      page.evaluate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    List<String> found = new ArrayList<>();
    JsonArray violations = JsonParser.parseString((String) page.evaluate(RUN)).getAsJsonArray();
    for (JsonElement one : violations) {
      JsonObject violation = one.getAsJsonObject();
      String impact = violation.get("impact").getAsString();
      if (impact.equals("serious") || impact.equals("critical")) {
        for (JsonElement node : violation.getAsJsonArray("nodes")) {
          found.add(
              violation.get("id").getAsString()
                  + ": "
                  + violation.get("help").getAsString()
                  + " at "
                  + node.getAsJsonObject().get("html").getAsString());
        }
      }
    }
    return found;
  }
}
