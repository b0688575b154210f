package dev.lora4j.diffusion.base;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Configurations that differ in a field from a plain one, and what diffusers computes with them.
 */
final class VariantFolder implements AutoCloseable {
  static final Path FOLDER = Path.of("src/test/resources/configurations");

  private final Safetensors golden;
  private final JsonObject plain;
  private final Map<String, JsonObject> cases = new TreeMap<>();

  VariantFolder(String file, String kind) {
    golden = Safetensors.open(FOLDER.resolve(file));
    plain = JsonParser.parseString(golden.metadata().get("plain")).getAsJsonObject();
    plain.addProperty("_class_name", kind);
    JsonParser.parseString(golden.metadata().get("cases"))
        .getAsJsonObject()
        .entrySet()
        .forEach(e -> cases.put(e.getKey(), e.getValue().getAsJsonObject()));
  }

  /** What each case changes, by its name. */
  Map<String, JsonObject> cases() {
    return cases;
  }

  /** The configuration of a case. */
  JsonObject config(String name) {
    return changed(cases.get(name));
  }

  /** The plain configuration with changes. */
  JsonObject changed(JsonObject changes) {
    JsonObject config = plain.deepCopy();
    for (Map.Entry<String, JsonElement> change : changes.entrySet()) {
      config.add(change.getKey(), change.getValue());
    }
    return config;
  }

  /** Writes {@code config.json} into a part of a folder. */
  static void write(Path folder, String part, JsonObject config) throws IOException {
    Files.createDirectories(folder.resolve(part));
    Files.writeString(folder.resolve(part).resolve("config.json"), config.toString());
  }

  float[] floats(String name) {
    float[] values = new float[(int) golden.tensors().get(name).shape().elements()];
    ByteBuffer bytes = golden.read(name);
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.getFloat();
    }
    return values;
  }

  @Override
  public void close() {
    golden.close();
  }
}
