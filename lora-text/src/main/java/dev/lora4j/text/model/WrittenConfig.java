package dev.lora4j.text.model;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Configuration of a written model: the base's, with the fields changed that are no longer true.
 *
 * @param stored the type of the weights, which transformers loads a model in if its configuration
 *     names one
 * @param parted whether a layer no longer shares the weight of another
 * @param labels class names of the head; none if there is no head
 * @param perToken whether the head tells classes of tokens
 */
record WrittenConfig(DType stored, boolean parted, List<String> labels, boolean perToken) {
  private static final String ARCHITECTURES = "architectures";
  private static final String HEAD = "ForSequenceClassification";
  private static final String TOKEN_HEAD = "ForTokenClassification";

  /** Suffix of transformers' class names behind the kind of model. */
  private static final String BEHIND = "(Model|LMHeadModel|For[A-Z]\\w*)$";

  private static final Map<DType, String> TYPES =
      Map.of(
          DType.F64, "float64", DType.F32, "float32", DType.F16, "float16", DType.BF16, "bfloat16");

  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create();

  /** The text of a configuration. */
  static String text(JsonObject config) {
    return GSON.toJson(config) + "\n";
  }

  /**
   * Writes it.
   *
   * @param text the base's configuration, which is kept as it is where nothing changes
   */
  void write(String text, Path to) throws IOException {
    JsonObject config = JsonParser.parseString(text).getAsJsonObject();
    JsonObject before = config.deepCopy();
    for (String key : List.of("dtype", "torch_dtype")) {
      if (config.has(key)) {
        config.addProperty(key, TYPES.getOrDefault(stored, "float32"));
      }
    }
    // Weights are written as numbers, whatever the base had them in.
    config.remove("quantization_config");
    if (parted) {
      config.addProperty("tie_word_embeddings", false);
    }
    if (!labels.isEmpty()) {
      tellClasses(config);
    }
    AtomicFile.write(to, config.equals(before) ? text : text(config));
  }

  private void tellClasses(JsonObject config) {
    JsonArray classes = new JsonArray();
    classes.add(kind(config) + (perToken ? TOKEN_HEAD : HEAD));
    JsonObject names = new JsonObject();
    JsonObject numbers = new JsonObject();
    for (int i = 0; i < labels.size(); i++) {
      names.addProperty(String.valueOf(i), labels.get(i));
      numbers.addProperty(labels.get(i), i);
    }
    config.add(ARCHITECTURES, classes);
    config.add("id2label", names);
    config.add("label2id", numbers);
    if (!perToken) {
      config.addProperty("problem_type", "single_label_classification");
    }
    // It would count for more than the names.
    config.remove("num_labels");
  }

  /** The kind of model as transformers' classes spell it, by the class that was saved. */
  private static String kind(JsonObject config) {
    if (config.get(ARCHITECTURES) instanceof JsonArray saved && !saved.isEmpty()) {
      return saved.get(0).getAsString().replaceFirst(BEHIND, "");
    }
    String type = config.get("model_type").getAsString();
    return type.substring(0, 1).toUpperCase(Locale.ROOT) + type.substring(1);
  }
}
