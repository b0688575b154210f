package dev.lora4j.core.format.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The configuration of an adapter: PEFT's or MLX-LM's {@code adapter_config.json} next to the
 * tensors, or diffusers' {@code lora_adapter_metadata} in the header, which has one for each model.
 */
public final class AdapterConfig {
  /** No configuration: all is in the tensors. */
  public static final AdapterConfig NONE =
      new AdapterConfig(List.of(), Optional.empty(), OptionalDouble.empty());

  private static final String HEADER = "lora_adapter_metadata";
  private static final String PEFT_PREFIX = "base_model.model.";
  private static final long MOST_BYTES = 16L << 20;

  private final List<ModelConfig> models;
  private final Optional<MlxConfig> mlx;
  private final OptionalDouble alpha;

  private AdapterConfig(List<ModelConfig> models, Optional<MlxConfig> mlx, OptionalDouble alpha) {
    this.models = List.copyOf(models);
    this.mlx = mlx;
    this.alpha = alpha;
  }

  private static AdapterConfig of(List<ModelConfig> models) {
    return new AdapterConfig(models, Optional.empty(), OptionalDouble.empty());
  }

  /** A configuration that says nothing but one alpha for all layers. */
  public static AdapterConfig ofAlpha(double alpha) {
    return new AdapterConfig(List.of(), Optional.empty(), OptionalDouble.of(alpha));
  }

  /**
   * Reads PEFT's file.
   *
   * @throws AdapterException if it is no JSON object, or of a method that cannot be read
   */
  public static AdapterConfig read(Path file) {
    return of(List.of(new ModelConfig(file.toString(), PEFT_PREFIX, fields(file))));
  }

  /**
   * Reads MLX-LM's file.
   *
   * @throws AdapterException if it is no JSON object, lacks the scale, or is of whole weights
   */
  public static AdapterConfig mlx(Path file) {
    return new AdapterConfig(
        List.of(),
        Optional.of(MlxConfig.read(file.toString(), fields(file))),
        OptionalDouble.empty());
  }

  private static JsonObject fields(Path file) {
    try {
      return object(file.toString(), RegularFile.text(file, MOST_BYTES));
    } catch (IOException e) {
      throw new AdapterException("Cannot read " + file + ": " + e.getMessage() + ".", e);
    }
  }

  /**
   * The configuration in a file's header, if there is one.
   *
   * @throws AdapterException if it is no JSON object, or of a method that cannot be read
   */
  public static AdapterConfig inHeader(Path file, Map<String, String> metadata) {
    String text = metadata.get(HEADER);
    if (text == null) {
      return NONE;
    }
    String where = file + ", " + HEADER + " in its header,";
    SortedMap<String, JsonObject> models = new TreeMap<>();
    for (Map.Entry<String, JsonElement> field : object(where, text).entrySet()) {
      int dot = field.getKey().indexOf('.');
      if (dot > 0) {
        models
            .computeIfAbsent(field.getKey().substring(0, dot + 1), prefix -> new JsonObject())
            .add(field.getKey().substring(dot + 1), field.getValue());
      }
    }
    List<ModelConfig> configs = new ArrayList<>();
    models.forEach((prefix, fields) -> configs.add(new ModelConfig(where, prefix, fields)));
    return of(configs);
  }

  /** Configurations of several models, by the prefix of each model's keys. */
  public static AdapterConfig joined(SortedMap<String, AdapterConfig> configs) {
    List<ModelConfig> models = new ArrayList<>();
    configs.forEach(
        (prefix, config) ->
            config.models.forEach(
                m -> models.add(new ModelConfig(m.where(), prefix + m.prefix(), m.fields()))));
    return of(models);
  }

  private static JsonObject object(String where, String text) {
    try {
      JsonElement element = JsonParser.parseString(text);
      if (element.isJsonObject()) {
        return element.getAsJsonObject();
      }
    } catch (JsonParseException | StackOverflowError e) {
      throw new AdapterException(where + " is no valid JSON: " + e.getMessage(), e);
    }
    throw new AdapterException(where + " should be a JSON object.");
  }

  /**
   * Settings of a layer for its method that its tensors do not carry, see {@code docs/methods.md}.
   *
   * @param spelled the layer as keys spell it
   */
  public SortedMap<String, String> settings(String spelled) {
    SortedMap<String, String> settings =
        model(spelled).map(m -> m.settings(spelled)).orElseGet(TreeMap::new);
    alpha.ifPresent(a -> settings.put(Alpha.LORA_ALPHA, Double.toString(a)));
    mlx.ifPresent(m -> settings.put(Alpha.SCALE, Double.toString(m.scale())));
    return settings;
  }

  private Optional<ModelConfig> model(String spelled) {
    Optional<ModelConfig> found =
        models.stream().filter(m -> spelled.startsWith(m.prefix())).findFirst();
    // PEFT's file is for all tensors of its folder, in any spelling.
    return found.or(() -> models.stream().filter(m -> m.prefix().equals(PEFT_PREFIX)).findFirst());
  }

  /**
   * Unknown fields with a value, each as a sentence: in a newer version or another tool they may
   * change the result.
   */
  public List<String> unknown() {
    return Stream.concat(
            models.stream().flatMap(m -> m.unknown().stream()),
            mlx.stream().flatMap(m -> m.unknown().stream()))
        .toList();
  }

  /** Warnings about the configuration. */
  public List<String> warnings() {
    return models.stream().flatMap(m -> m.warnings().stream()).toList();
  }
}
