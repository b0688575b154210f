package dev.lora4j.text.network;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Context of a model: the longest sequence that it is to read, which chooses between the two lists
 * of factors that {@code longrope} has. It stands beside them in the configuration in memory.
 */
public final class RopeContext {
  static final String KEY = "lora4j_context";

  private static final List<String> SECTIONS = List.of("rope_scaling", "rope_parameters");

  private RopeContext() {}

  /**
   * A configuration with the context.
   *
   * @param tokens of the longest sequence
   * @throws ModelException if no positions are scaled by {@code longrope}
   */
  public static ConfigFile of(ConfigFile config, int tokens) {
    JsonObject all = JsonParser.parseString(config.json()).getAsJsonObject();
    boolean found = false;
    for (String section : SECTIONS) {
      found |= set(config.file(), all.get(section), tokens);
    }
    if (!found) {
      throw new ModelException(
          config.file()
              + ": a context of "
              + tokens
              + " tokens was asked for, but there is nothing to choose: the model's positions are not"
              + " scaled by 'longrope'. Leave the context away.");
    }
    return ConfigFile.of(config.file(), all.toString());
  }

  /** Parameters may lie deeper by types of layers. */
  private static boolean set(Path file, @Nullable JsonElement section, int tokens) {
    if (section == null || !section.isJsonObject()) {
      return false;
    }
    JsonObject parameters = section.getAsJsonObject();
    boolean found = false;
    for (String type : List.copyOf(parameters.keySet())) {
      found |= set(file, parameters.get(type), tokens);
    }
    if (RopeScaling.longrope(ConfigFile.of(file, parameters.toString()))) {
      parameters.addProperty(KEY, tokens);
      return true;
    }
    return found;
  }
}
