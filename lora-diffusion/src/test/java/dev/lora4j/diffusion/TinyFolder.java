package dev.lora4j.diffusion;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A copy of a tiny model whose configurations a test changes. */
public final class TinyFolder {
  private final Path folder;

  private TinyFolder(Path folder) {
    this.folder = folder;
  }

  /** Copies a model into an empty folder. */
  public static TinyFolder copy(Path model, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(model)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = folder.resolve(model.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    return new TinyFolder(folder);
  }

  /** Changes a setting, for example of {@code unet/config.json}, to a value written in JSON. */
  public TinyFolder set(String file, String key, String value) throws IOException {
    JsonObject json = read(file);
    JsonElement parsed = JsonParser.parseString(value);
    json.add(key, parsed);
    Files.writeString(folder.resolve(file), json.toString());
    return this;
  }

  /** Removes a setting. */
  public TinyFolder without(String file, String key) throws IOException {
    JsonObject json = read(file);
    json.remove(key);
    Files.writeString(folder.resolve(file), json.toString());
    return this;
  }

  private JsonObject read(String file) throws IOException {
    return JsonParser.parseString(Files.readString(folder.resolve(file))).getAsJsonObject();
  }
}
