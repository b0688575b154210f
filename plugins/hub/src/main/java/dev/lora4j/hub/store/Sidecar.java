package dev.lora4j.hub.store;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.hub.listing.Provenance;
import dev.lora4j.hub.web.HubException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The note {@code NAME.json} beside an adapter: for its user in the fields of AUTOMATIC1111, which
 * that and its kin show and edit, and where it is from in a field of our own.
 */
final class Sidecar {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
  private static final String OWN = "lora4j";

  /** Names that AUTOMATIC1111 has for families, by the beginnings of our names. */
  private static final Map<String, String> VERSIONS =
      Map.of("sd1", "SD1", "sd2", "SD2", "sdxl", "SDXL", "sd3", "SD3");

  private Sidecar() {}

  static Path of(Path library, String name) {
    return library.resolve(name + ".json");
  }

  /**
   * Passes if the note can be written.
   *
   * @throws HubException if there is something else of its name
   */
  static void requirePlace(Path file) throws IOException {
    existing(file);
  }

  /**
   * Writes the note, or adds to one that is there: what a user wrote in it stays.
   *
   * @throws HubException if there is something else of its name
   */
  static void write(Path file, Provenance from, String sha256, long bytes, Optional<Family> family)
      throws IOException {
    JsonObject note = existing(file);
    fill(note, "description", from.description());
    fill(note, "activation text", String.join(", ", from.triggerWords()));
    fill(note, "sd version", family.map(Sidecar::version).orElse(""));
    JsonObject own = new JsonObject();
    own.addProperty("source", from.source());
    own.addProperty("page", from.page());
    put(own, "revision", from.revision());
    put(own, "title", from.title());
    put(own, "author", from.author());
    put(own, "licence", from.licence());
    put(own, "base_model", from.baseModel());
    JsonArray words = new JsonArray();
    from.triggerWords().forEach(words::add);
    own.add("trigger_words", words);
    own.addProperty("sha256", sha256);
    own.addProperty("bytes", bytes);
    note.add(OWN, own);
    AtomicFile.write(file, GSON.toJson(note) + "\n");
  }

  private static String version(Family family) {
    return VERSIONS.entrySet().stream()
        .filter(e -> family.name().startsWith(e.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  private static JsonObject existing(Path file) throws IOException {
    if (Files.notExists(file)) {
      return new JsonObject();
    }
    try {
      return JsonParser.parseString(RegularFile.text(file, RegularFile.TEXT)).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new HubException(
          file + " is in the way: it is no note about an adapter. Move it, or take another --name.",
          e);
    }
  }

  private static void fill(JsonObject note, String key, String value) {
    boolean empty = !note.has(key) || note.get(key).toString().equals("\"\"");
    if (empty) {
      put(note, key, value);
    }
  }

  private static void put(JsonObject note, String key, String value) {
    if (!value.isEmpty()) {
      note.addProperty(key, value);
    }
  }
}
