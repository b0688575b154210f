package dev.lora4j.studio.library;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.server.library.AdapterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Facts of adapters, remembered from run to run in one file. It can be deleted at any time, as it
 * holds nothing that is not found again by reading.
 *
 * <p>May be used from several threads.
 */
final class FactStore {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.studio.library");

  /** Changes with the meaning of what is stored. */
  private static final String VERSION = "2";

  private static final Gson GSON = new Gson();

  private final Path file;
  private final Map<String, AdapterFacts> facts = new ConcurrentHashMap<>();
  private volatile boolean changed;

  /** Reads what an earlier run has left. */
  FactStore(Path file) {
    this.file = file;
    if (Files.exists(file)) {
      try {
        read(JsonParser.parseString(RegularFile.text(file, RegularFile.DATA)).getAsJsonObject());
      } catch (IOException | RuntimeException e) {
        facts.clear();
        LOG.warn("{} cannot be read, so that adapters are read again: {}", file, e.getMessage());
      }
    }
  }

  private void read(JsonObject json) {
    if (!json.get("version").getAsString().equals(VERSION)) {
      return;
    }
    for (Map.Entry<String, JsonElement> one : json.getAsJsonObject("adapters").entrySet()) {
      JsonObject stored = one.getValue().getAsJsonObject();
      facts.put(
          one.getKey(),
          new AdapterFacts(
              stored.get("stamp").getAsString(),
              GSON.fromJson(stored.get("header"), HeaderFacts.class),
              stored.get("problem").getAsString(),
              Optional.ofNullable(stored.get("content"))
                  .map(content -> GSON.fromJson(content, ContentFacts.class))));
    }
  }

  private static String key(AdapterFile adapter) {
    return adapter.real().toString();
  }

  /** What is known of an adapter as its files are now. */
  Optional<AdapterFacts> find(AdapterFile adapter) {
    return Optional.ofNullable(facts.get(key(adapter)))
        .filter(known -> known.stamp().equals(AdapterFacts.stamp(adapter)));
  }

  void put(AdapterFile adapter, AdapterFacts found) {
    facts.put(key(adapter), found);
    changed = true;
  }

  /** Forgets all adapters but these. */
  void retain(Set<Path> real) {
    changed |= facts.keySet().removeIf(path -> !real.contains(Path.of(path)));
  }

  /** Writes what is new. */
  synchronized void save() {
    if (!changed) {
      return;
    }
    changed = false;
    JsonObject all = new JsonObject();
    new TreeMap<>(facts).forEach((path, known) -> all.add(path, json(known)));
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.add("adapters", all);
    try {
      AtomicFile.write(file, json.toString());
    } catch (IOException e) {
      LOG.warn("{} cannot be written: {}", file, e.getMessage());
    }
  }

  private static JsonObject json(AdapterFacts known) {
    JsonObject one = new JsonObject();
    one.addProperty("stamp", known.stamp());
    one.add("header", GSON.toJsonTree(known.header()));
    one.addProperty("problem", known.problem());
    known.content().ifPresent(content -> one.add("content", GSON.toJsonTree(content)));
    return one;
  }
}
