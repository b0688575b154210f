package dev.lora4j.studio.dataset;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders of the user's that are data sets, remembered in a file of the studio. */
final class AddedFolders {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.studio.pictures");

  private final Workspace workspace;
  private final Path file;

  AddedFolders(Workspace workspace) {
    this.workspace = workspace;
    this.file = workspace.folder().resolve("pictures.json");
  }

  /** Those that are there and may be used, by name. */
  Map<String, Path> all() {
    Map<String, Path> found = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, JsonElement> one : read().entrySet()) {
        try {
          // Looked at anew each time: a link may lead elsewhere by now.
          Path path = Path.of(one.getValue().getAsString()).toRealPath();
          if (Files.isDirectory(path) && allowed(path)) {
            found.put(one.getKey(), path);
          }
        } catch (IOException | RuntimeException e) {
          LOG.debug("The set {} is not there.", one.getKey(), e);
        }
      }
    } catch (IOException e) {
      LOG.warn("{}", e.getMessage());
    }
    return found;
  }

  /** True if a path without links is in the directory where the studio was started. */
  boolean allowed(Path real) {
    try {
      return real.startsWith(workspace.start().toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  void add(String name, Path folder) throws IOException {
    JsonObject all = read();
    all.addProperty(name, folder.toString());
    Files.createDirectories(workspace.folder());
    AtomicFile.write(file, all.toString());
  }

  private JsonObject read() throws IOException {
    if (Files.notExists(file)) {
      return new JsonObject();
    }
    try {
      return JsonParser.parseString(RegularFile.text(file, RegularFile.TEXT)).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException | InvalidPathException e) {
      throw new IOException(
          file + ", which lists folders of pictures, is damaged. Mend it or remove it.", e);
    }
  }
}
