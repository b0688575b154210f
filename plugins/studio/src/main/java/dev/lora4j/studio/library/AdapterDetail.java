package dev.lora4j.studio.library;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.adapter.AdapterContents;
import dev.lora4j.cli.adapter.BlockNorms;
import dev.lora4j.cli.adapter.KeyReport;
import dev.lora4j.cli.console.Json;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.server.library.AdapterFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All that is found in an adapter's file, as {@code inspect} finds it; the last ones are kept. */
final class AdapterDetail {
  private static final int KEPT = 16;
  private static final int LONGEST_VALUE = 20_000;
  private static final int MOST_ENTRIES = 2_000;

  private final FactReading reading;
  private final Map<String, JsonObject> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, JsonObject> eldest) {
          return size() > KEPT;
        }
      };

  AdapterDetail(FactReading reading) {
    this.reading = reading;
  }

  /** The fields beside those of its card. One adapter is read at a time. */
  synchronized JsonObject of(AdapterFile file) {
    String key = file.real() + "\n" + AdapterFacts.stamp(file);
    JsonObject known = kept.get(key);
    if (known == null) {
      known = read(file);
      kept.put(key, known);
    }
    return known.deepCopy();
  }

  private JsonObject read(AdapterFile file) {
    JsonObject json = new JsonObject();
    try {
      metadata(json, AdapterFiles.metadata(file.real()));
      examined(json, reading.examine(file));
    } catch (RuntimeException e) {
      json.addProperty("problem", FactReading.message(file, e));
    }
    return json;
  }

  private static void metadata(JsonObject json, Metadata metadata) {
    JsonObject entries = new JsonObject();
    JsonArray cut = new JsonArray();
    metadata.entries().entrySet().stream()
        .limit(MOST_ENTRIES)
        .forEach(
            entry -> {
              boolean longer = entry.getValue().length() > LONGEST_VALUE;
              String value =
                  longer ? entry.getValue().substring(0, LONGEST_VALUE) : entry.getValue();
              entries.addProperty(entry.getKey(), value);
              if (longer) {
                cut.add(entry.getKey());
              }
            });
    json.add("metadata", entries);
    json.add("metadataCut", cut);
  }

  private static void examined(JsonObject json, Examination found) {
    json.add("account", gson(account(found)));
    found
        .adapter()
        .ifPresent(
            adapter -> {
              BlockNorms norms = BlockNorms.of(adapter, found.family());
              JsonArray blocks = new JsonArray();
              norms
                  .json()
                  .forEach(
                      (block, norm) ->
                          blocks.add(gson(new Json().put("block", block).put("norm", norm))));
              json.add("blocks", blocks);
              json.add("blocksWithout", gson(new Json().put("x", norms.without())).get("x"));
              List<Object> sites = AdapterContents.layers(adapter);
              json.add("sites", gson(new Json().put("x", sites)).get("x"));
              json.addProperty("identity", adapter.identity());
            });
  }

  /** In the form of {@code inspect --json}. */
  private static Json account(Examination found) {
    int matched = found.matched().size();
    int unmatched = found.unmatched().size();
    return new Json()
        .put("for", found.family().title())
        .put("dialects", List.copyOf(found.dialects()))
        .put(
            "modules",
            new Json()
                .put("total", matched + unmatched)
                .put("matched", matched)
                .put("unmatched", unmatched))
        .put("keys", KeyReport.json(found.account()))
        .put("methods", found.adapter().map(AdapterContents::methods).orElseGet(TreeMap::new))
        .put("ranks", found.adapter().map(AdapterContents::ranks).orElseGet(TreeMap::new))
        .put("warnings", found.warnings())
        .put("problems", found.problems());
  }

  /** What a command would print, as it prints it: numbers that are not finite are null. */
  private static JsonObject gson(Json printed) {
    JsonElement parsed = JsonParser.parseString(printed.toString());
    return parsed.getAsJsonObject();
  }
}
