package dev.lora4j.text.encode;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.Path;

/** Files of the modules of a sentence encoder's folder. */
final class ModuleFiles {
  private ModuleFiles() {}

  /**
   * Reads a file of JSON.
   *
   * @throws ModelException if it cannot be read, or is none
   */
  static JsonElement json(Path file) {
    try {
      return JsonParser.parseString(RegularFile.text(file, RegularFile.TEXT));
    } catch (IOException e) {
      throw new ModelException("Cannot read " + file + ": " + RegularFile.trouble(e) + ".", e);
    } catch (JsonParseException e) {
      throw new ModelException(file + " is no JSON: " + e.getMessage() + ".", e);
    }
  }
}
