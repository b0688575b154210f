package dev.lora4j.text.encode;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.EncoderInputs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The way from the tokens of a text to one vector, as the folder of a sentence encoder says it in
 * the {@code modules.json} of sentence-transformers. A folder without that file is an encoder for
 * other ends; its embedding is the mean of its tokens, not normed.
 *
 * @param output the mean of the tokens, or the first or last one
 * @param normed true if vectors have the length 1
 * @param longest the most tokens of a text
 * @param lowered true if texts are read in lower case
 */
public record SentencePooling(EncoderOutput output, boolean normed, int longest, boolean lowered) {
  private static final String MODULES = "modules.json";
  private static final String LENGTHS = "sentence_bert_config.json";
  private static final String MODE = "pooling_mode";

  /** Flags of poolings, which files before sentence-transformers 5.3 have in place of the mode. */
  private static final Map<String, String> FLAGS =
      Map.of(
          "pooling_mode_mean_tokens",
          "mean",
          "pooling_mode_cls_token",
          "cls",
          "pooling_mode_lasttoken",
          "lasttoken");

  /** Poolings that are known here, by the names of sentence-transformers. */
  private static final Map<String, EncoderOutput> KNOWN =
      Map.of(
          "mean", EncoderOutput.MEAN,
          "cls", EncoderOutput.FIRST,
          "lasttoken", EncoderOutput.LAST);

  /** Keys of a Transformer's settings that change nothing here whatever they say. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("unpad_inputs", "modality_config", "module_output_name");

  /** Keys with the values that change nothing; others are refused. */
  private static final Map<String, JsonElement> PLAIN =
      Map.of("transformer_task", new JsonPrimitive("feature-extraction"));

  /** True if a folder says its way to one vector. */
  public static boolean described(Path folder) {
    return Files.exists(folder.resolve(MODULES));
  }

  /**
   * Reads a folder.
   *
   * @param network the longest text that the network reads
   * @throws ModelException if it has steps that are not known here
   */
  public static SentencePooling of(Path folder, int network) {
    SentencePooling pooling = new SentencePooling(EncoderOutput.MEAN, false, network, false);
    if (!described(folder)) {
      return pooling;
    }
    if (!(ModuleFiles.json(folder.resolve(MODULES)) instanceof JsonArray modules)) {
      throw new ModelException(folder.resolve(MODULES) + " is no list of modules.");
    }
    for (JsonElement one : modules) {
      JsonObject module = one instanceof JsonObject object ? object : new JsonObject();
      String type = text(module, "type");
      switch (type.substring(type.lastIndexOf('.') + 1)) {
        case "Transformer" -> pooling = pooling.read(folder);
        case "Pooling" -> pooling = pooling.pooled(folder.resolve(text(module, "path")));
        case "Normalize" ->
            pooling = new SentencePooling(pooling.output, true, pooling.longest, pooling.lowered);
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

  private SentencePooling read(Path folder) {
    Path file = folder.resolve(LENGTHS);
    if (!Files.exists(file) || !(ModuleFiles.json(file) instanceof JsonObject config)) {
      return this;
    }
    int most = longest;
    boolean lower = lowered;
    for (Map.Entry<String, JsonElement> entry : config.entrySet()) {
      JsonElement value = entry.getValue();
      switch (entry.getKey()) {
        case "max_seq_length" -> {
          if (value instanceof JsonPrimitive length && length.isNumber()) {
            most = Math.max(1, Math.min(most, length.getAsInt()));
          }
        }
        case "do_lower_case" -> lower |= flag(config, entry.getKey());
        default -> requirePlain(file, entry.getKey(), value);
      }
    }
    return new SentencePooling(output, normed, most, lower);
  }

  private static void requirePlain(Path file, String key, JsonElement value) {
    boolean empty = value.isJsonNull() || (value instanceof JsonObject all && all.isEmpty());
    if (!empty && !WITHOUT_EFFECT.contains(key) && !value.equals(PLAIN.get(key))) {
      throw new ModelException(
          file
              + ": '"
              + key
              + "' is "
              + value
              + ", which is not known here and might change texts.");
    }
  }

  private SentencePooling pooled(Path folder) {
    Path file = folder.resolve("config.json");
    JsonObject config =
        ModuleFiles.json(file) instanceof JsonObject object ? object : new JsonObject();
    if (config.has("include_prompt") && !flag(config, "include_prompt")) {
      throw new ModelException(
          file
              + " leaves prompts out of what is pooled ('include_prompt'), which is not known here.");
    }
    List<String> modes = modes(config);
    if (modes.size() != 1 || !KNOWN.containsKey(modes.get(0))) {
      throw new ModelException(
          file + " pools by " + modes + "; known are mean, cls and lasttoken, each alone.");
    }
    return new SentencePooling(
        Objects.requireNonNull(KNOWN.get(modes.get(0))), normed, longest, lowered);
  }

  private static List<String> modes(JsonObject config) {
    if (config.get(MODE) instanceof JsonArray several) {
      return several.asList().stream()
          .map(mode -> mode instanceof JsonPrimitive name ? name.getAsString() : mode.toString())
          .toList();
    }
    if (config.has(MODE)) {
      return List.of(text(config, MODE));
    }
    return config.keySet().stream()
        .filter(name -> name.startsWith(MODE + "_") && flag(config, name))
        .map(name -> FLAGS.getOrDefault(name, name.substring(MODE.length() + 1)))
        .toList();
  }

  private static boolean flag(JsonObject config, String name) {
    return config.get(name) instanceof JsonPrimitive flag
        && flag.isBoolean()
        && flag.getAsBoolean();
  }

  private static String text(JsonObject module, String name) {
    return module.get(name) instanceof JsonPrimitive text ? text.getAsString() : "";
  }

  /** A text as it is read: in lower case, if that is said. */
  public String read(String text) {
    if (!lowered) {
      return text;
    }
    StringBuilder lower = new StringBuilder();
    // Each character by itself, as the tokenizer's own step for it does.
    text.codePoints().forEach(c -> lower.append(Character.toString(c).toLowerCase(Locale.ROOT)));
    return lower.toString();
  }

  /**
   * Stages the pooled vector of each text, not normed.
   *
   * @param hidden [batch, tokens, width]
   * @return [batch, width], in F32 or wider
   */
  public Expr stage(EncoderInputs tokens, Expr hidden) {
    return output.pooled(tokens, hidden);
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
