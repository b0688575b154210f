package dev.lora4j.whisper.ctranslate;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Configurations of transformers for a converted model.
 *
 * @param tokens ids of the tokens with a meaning, by text
 * @param languages ids of languages
 * @param withheld ids that are never written
 * @param withheldFirst ids that no transcript begins with
 */
record ConvertedConfig(
    Map<String, Integer> tokens,
    List<Integer> languages,
    List<Integer> withheld,
    List<Integer> withheldFirst) {
  /** Vocabularies from this size on have all languages; smaller ones are for English alone. */
  private static final int MULTILINGUAL = 51865;

  /** Reads what CTranslate2 keeps beside the weights. */
  static ConvertedConfig read(Path folder, Path tokenizer) {
    ConfigFile config = ConfigFile.read(folder.resolve("config.json"));
    return new ConvertedConfig(
        tokens(tokenizer),
        config.has("lang_ids") ? config.integers("lang_ids") : List.of(),
        config.integers("suppress_ids"),
        config.integers("suppress_ids_begin"));
  }

  private static Map<String, Integer> tokens(Path tokenizer) {
    try {
      String text = RegularFile.text(tokenizer, RegularFile.VOCABULARY);
      Map<String, Integer> tokens = new LinkedHashMap<>();
      for (JsonElement token :
          JsonParser.parseString(text).getAsJsonObject().getAsJsonArray("added_tokens")) {
        JsonObject added = token.getAsJsonObject();
        tokens.put(added.get("content").getAsString(), added.get("id").getAsInt());
      }
      return tokens;
    } catch (IOException e) {
      throw new ModelException("Cannot read " + tokenizer + ": " + RegularFile.trouble(e), e);
    } catch (JsonParseException
        | IllegalStateException
        | ClassCastException
        | NullPointerException
        | UnsupportedOperationException
        | NumberFormatException e) {
      throw new ModelException(tokenizer + " describes no tokeniser of Whisper.", e);
    }
  }

  private int token(String text) {
    return Optional.ofNullable(tokens.get(text))
        .orElseThrow(() -> new ModelException("tokenizer.json has no token " + text + "."));
  }

  /**
   * Writes the configurations of model, generation and spectra.
   *
   * @param sizes of the model, by transformers' names
   */
  void write(Path folder, Map<String, Integer> sizes) throws IOException {
    JsonObject config = new JsonObject();
    config.add("architectures", list(List.of("WhisperForConditionalGeneration")));
    config.addProperty("model_type", "whisper");
    config.addProperty("is_encoder_decoder", true);
    sizes.forEach(config::addProperty);
    config.addProperty("activation_function", "gelu");
    config.addProperty("scale_embedding", false);
    config.addProperty("tie_word_embeddings", true);
    ends(config);
    write(folder.resolve("config.json"), config);
    write(folder.resolve("generation_config.json"), generation(sizes));
    JsonObject spectra = new JsonObject();
    spectra.addProperty("feature_extractor_type", "WhisperFeatureExtractor");
    spectra.addProperty("feature_size", sizes.get("num_mel_bins"));
    spectra.addProperty("sampling_rate", 16000);
    spectra.addProperty("hop_length", 160);
    spectra.addProperty("n_fft", 400);
    spectra.addProperty("chunk_length", sizes.getOrDefault("max_source_positions", 0) / 50);
    spectra.addProperty("padding_value", 0.0);
    write(folder.resolve("preprocessor_config.json"), spectra);
    JsonObject tokenizer = new JsonObject();
    tokenizer.addProperty("tokenizer_class", "WhisperTokenizer");
    for (String role : List.of("bos_token", "eos_token", "unk_token", "pad_token")) {
      tokenizer.addProperty(role, "<|endoftext|>");
    }
    write(folder.resolve("tokenizer_config.json"), tokenizer);
  }

  private void ends(JsonObject config) {
    int end = token("<|endoftext|>");
    config.addProperty("bos_token_id", end);
    config.addProperty("eos_token_id", end);
    config.addProperty("pad_token_id", end);
    config.addProperty("decoder_start_token_id", token("<|startoftranscript|>"));
  }

  private JsonObject generation(Map<String, Integer> sizes) {
    boolean multilingual = sizes.getOrDefault("vocab_size", 0) >= MULTILINGUAL;
    JsonObject generation = new JsonObject();
    ends(generation);
    generation.addProperty("max_length", sizes.get("max_target_positions"));
    generation.addProperty("is_multilingual", multilingual);
    generation.addProperty("no_timestamps_token_id", token("<|notimestamps|>"));
    generation.add("suppress_tokens", list(withheld));
    generation.add("begin_suppress_tokens", list(withheldFirst));
    if (multilingual) {
      JsonObject spoken = new JsonObject();
      tokens.forEach(
          (text, id) -> {
            if (languages.contains(id)) {
              spoken.addProperty(text, id);
            }
          });
      generation.add("lang_to_id", spoken);
      JsonObject tasks = new JsonObject();
      tasks.addProperty("transcribe", token("<|transcribe|>"));
      tasks.addProperty("translate", token("<|translate|>"));
      generation.add("task_to_id", tasks);
    }
    return generation;
  }

  private static JsonArray list(List<?> values) {
    JsonArray array = new JsonArray();
    for (Object value : values) {
      if (value instanceof Integer number) {
        array.add(number);
      } else {
        array.add(String.valueOf(value));
      }
    }
    return array;
  }

  private static void write(Path file, JsonObject content) throws IOException {
    AtomicFile.write(file, new GsonBuilder().setPrettyPrinting().create().toJson(content) + "\n");
  }
}
