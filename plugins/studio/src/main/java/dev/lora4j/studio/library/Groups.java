package dev.lora4j.studio.library;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.server.json.FieldException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Names under which the user has put adapters together, in one file. */
final class Groups {
  private static final int MOST = 500;
  private static final int MOST_ADAPTERS = 10_000;
  private static final int LONGEST = 120;

  private final Path file;

  Groups(Path file) {
    this.file = file;
  }

  /**
   * Names of adapters by group.
   *
   * @throws IOException if the file cannot be read, or is damaged
   */
  synchronized JsonObject read() throws IOException {
    JsonObject groups = new JsonObject();
    if (!Files.exists(file)) {
      return groups;
    }
    try {
      JsonElement found = JsonParser.parseString(RegularFile.text(file, RegularFile.TEXT));
      for (Map.Entry<String, JsonElement> group : found.getAsJsonObject().entrySet()) {
        JsonArray names = new JsonArray();
        group.getValue().getAsJsonArray().forEach(name -> names.add(name.getAsString()));
        groups.add(group.getKey(), names);
      }
      return groups;
    } catch (RuntimeException e) {
      throw new IOException(
          file.getFileName()
              + " in the folder of the studio is damaged. Move it away to begin with new groups.",
          e);
    }
  }

  /**
   * Makes a group of adapters; of none, it is removed.
   *
   * @throws FieldException if the name cannot be used, or there are too many
   * @throws IOException if the file cannot be read or written
   */
  synchronized JsonObject put(String group, List<String> adapters) throws IOException {
    String name = ForeignText.line(group);
    if (name.isEmpty() || !name.equals(group) || name.length() > LONGEST) {
      throw new FieldException(
          "group", "group must be a name of 1 to " + LONGEST + " characters on one line.");
    }
    if (adapters.size() > MOST_ADAPTERS) {
      throw new FieldException(
          "adapters", "adapters must be at most " + MOST_ADAPTERS + ", found " + adapters.size());
    }
    JsonObject groups = read();
    if (adapters.isEmpty()) {
      groups.remove(name);
    } else {
      JsonArray names = new JsonArray();
      new LinkedHashSet<>(adapters).forEach(names::add);
      groups.add(name, names);
    }
    if (groups.size() > MOST) {
      throw new FieldException("group", "There are " + MOST + " groups already; remove one first.");
    }
    AtomicFile.write(file, groups.toString());
    return groups;
  }
}
