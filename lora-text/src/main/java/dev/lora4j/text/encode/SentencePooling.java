package dev.lora4j.text.encode;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The way from the tokens of a text to one vector, as the folder of a sentence encoder says it in
 * the {@code modules.json} of sentence-transformers. A folder without that file is an encoder for
 * other ends; its embedding is the mean of its tokens, not normed.
 *
 * @param output the mean of the tokens, or the first one
 * @param normed true if vectors have the length 1
 * @param longest the most tokens of a text
 */
public record SentencePooling(EncoderOutput output, boolean normed, int longest) {
  private static final String MODULES = "modules.json";
  private static final String LENGTHS = "sentence_bert_config.json";
  private static final String MEAN = "pooling_mode_mean_tokens";
  private static final String FIRST = "pooling_mode_cls_token";

  /**
   * Reads a folder.
   *
   * @param network the longest text that the network reads
   * @throws ModelException if it has steps that are not known here
   */
  public static SentencePooling of(Path folder, int network) {
    SentencePooling pooling = new SentencePooling(EncoderOutput.MEAN, false, network);
    if (!Files.exists(folder.resolve(MODULES))) {
      return pooling;
    }
    if (!(json(folder.resolve(MODULES)) instanceof JsonArray modules)) {
      throw new ModelException(folder.resolve(MODULES) + " is no list of modules.");
    }
    for (JsonElement one : modules) {
      JsonObject module = one instanceof JsonObject object ? object : new JsonObject();
      String type = text(module, "type");
      switch (type.substring(type.lastIndexOf('.') + 1)) {
        case "Transformer" -> pooling = pooling.shortened(folder);
        case "Pooling" -> pooling = pooling.pooled(folder.resolve(text(module, "path")));
        case "Normalize" -> pooling = new SentencePooling(pooling.output, true, pooling.longest);
        default ->
            throw new ModelException(
                folder.resolve(MODULES)
                    + " has a module of the type '"
                    + type
                    + "'; known are Transformer, Pooling and Normalize.");
      }
    }
    return pooling;
  }

  private SentencePooling shortened(Path folder) {
    Path file = folder.resolve(LENGTHS);
    if (Files.exists(file)
        && json(file) instanceof JsonObject lengths
        && lengths.get("max_seq_length") instanceof JsonPrimitive most
        && most.isNumber()) {
      return new SentencePooling(output, normed, Math.max(1, Math.min(longest, most.getAsInt())));
    }
    return this;
  }

  private SentencePooling pooled(Path folder) {
    Path file = folder.resolve("config.json");
    JsonObject config = json(file) instanceof JsonObject object ? object : new JsonObject();
    List<String> modes =
        config.keySet().stream()
            .filter(name -> name.startsWith("pooling_mode_") && flag(config, name))
            .toList();
    if (modes.equals(List.of(MEAN))) {
      return new SentencePooling(EncoderOutput.MEAN, normed, longest);
    }
    if (modes.equals(List.of(FIRST))) {
      return new SentencePooling(EncoderOutput.FIRST, normed, longest);
    }
    throw new ModelException(
        file + " pools by " + modes + "; known are " + MEAN + " alone and " + FIRST + " alone.");
  }

  private static boolean flag(JsonObject config, String name) {
    return config.get(name) instanceof JsonPrimitive flag
        && flag.isBoolean()
        && flag.getAsBoolean();
  }

  private static String text(JsonObject module, String name) {
    return module.get(name) instanceof JsonPrimitive text ? text.getAsString() : "";
  }

  private static JsonElement json(Path file) {
    try {
      return JsonParser.parseString(RegularFile.text(file, RegularFile.TEXT));
    } catch (IOException e) {
      throw new ModelException("Cannot read " + file + ": " + RegularFile.trouble(e) + ".", e);
    } catch (JsonParseException e) {
      throw new ModelException(file + " is no JSON: " + e.getMessage() + ".", e);
    }
  }

  /** The embedding, which is the vector itself, or of length 1. */
  public float[] embedding(float[] vector) {
    if (!normed) {
      return vector;
    }
    double square = 0;
    for (float value : vector) {
      square += (double) value * value;
    }
    float length = (float) Math.max(Math.sqrt(square), 1e-12);
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = vector[i] / length;
    }
    return unit;
  }
}
