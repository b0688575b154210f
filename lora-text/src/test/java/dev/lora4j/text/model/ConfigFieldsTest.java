package dev.lora4j.text.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.network.LanguageNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every field of transformers' configurations of the known families has a row, and does what its
 * row says: another network, an error that names it, or nothing.
 */
class ConfigFieldsTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final JsonObject GOLDEN =
      json(RESOURCES.resolve("config-fields.json")).getAsJsonObject("kinds");

  /** Of all kinds: about the file, the training, or how transformers hands out results. */
  private static final String NOTHING =
      "architectures chunk_size_feed_forward dtype extra_config_files extra_files id2label"
          + " is_encoder_decoder label2id model_type output_attentions output_hidden_states"
          + " return_dict sub_configs_defaults initializer_range use_cache bos_token_id"
          + " attention_dropout classifier_dropout hidden_dropout_prob"
          + " attention_probs_dropout_prob dropout";

  /** Fields without effect on the network, that others read: the tokenizer's, and heads'. */
  private static final String ELSEWHERE = "eos_token_id pad_token_id problem_type";

  @TempDir Path folder;

  static Stream<String> kinds() {
    return GOLDEN.keySet().stream();
  }

  private static JsonObject json(Path file) {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ConfigRows.Kind kind(String name) {
    return java.util.Objects.requireNonNull(ConfigRows.ALL.get(name), name);
  }

  private static JsonObject config(String name) {
    JsonObject config =
        json(RESOURCES.resolve("models").resolve(kind(name).model()).resolve("config.json"));
    config.addProperty("model_type", name);
    return config;
  }

  private LanguageNetwork network(JsonObject config) {
    try {
      Path file = folder.resolve("config.json");
      Files.writeString(file, config.toString());
      ConfigFile read = ConfigFile.read(file);
      return TextFamilies.of(read).network(read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>(List.of(text.trim().split("\\s+", -1)));
    parts.removeIf(String::isEmpty);
    return parts;
  }

  private static Set<String> names(String rows) {
    Set<String> names = new TreeSet<>();
    split(rows).forEach(r -> names.add(r.replaceFirst("=.*", "")));
    return names;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyFieldOfTransformersHasARow(String name) {
    ConfigRows.Kind kind = kind(name);
    Set<String> rows = names(NOTHING + " " + ELSEWHERE);
    rows.addAll(names(kind.read()));
    rows.addAll(names(kind.refused()));
    rows.addAll(names(kind.nothing()));
    Set<String> without = new TreeSet<>(GOLDEN.getAsJsonObject(name).keySet());
    without.removeAll(rows);
    assertEquals(Set.of(), without, "fields of transformers without a row");
    Set<String> left = names(kind.read() + " " + kind.refused() + " " + kind.nothing());
    left.removeAll(GOLDEN.getAsJsonObject(name).keySet());
    left.removeAll(Set.of("head_dim", "decoder_start_token_id", "scale_decoder_outputs"));
    assertEquals(Set.of(), left, "rows that transformers has no field for");
  }

  private JsonObject with(String name, String row) {
    String field = row.replaceFirst("=.*", "");
    String value = row.substring(row.indexOf('=') + 1);
    JsonObject config = config(name);
    if (field.equals("num_hidden_layers")) {
      config.remove("layer_types");
    }
    if (field.equals("hidden_size")) {
      config.remove("pooler_hidden_size");
    }
    JsonElement before =
        config.has(field) ? config.get(field) : GOLDEN.getAsJsonObject(name).get(field);
    if (value.equals("FLIP")) {
      config.addProperty(field, before == null || before.isJsonNull() || !before.getAsBoolean());
    } else {
      config.add(field, JsonParser.parseString(value));
    }
    return config;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readFieldsChangeTheNetwork(String name) {
    LanguageNetwork plain = network(config(name));
    assertEquals(plain, network(config(name)));
    for (String row : split(kind(name).read())) {
      assertNotEquals(plain, network(with(name, row)), name + " " + row);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void refusedFieldsAreNamed(String name) {
    for (String row : split(kind(name).refused())) {
      JsonObject config = with(name, row);
      ModelException e = assertThrows(ModelException.class, () -> network(config), row);
      assertTrue(String.valueOf(e.getMessage()).contains(row.replaceFirst("=.*", "")), row);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void ignoredFieldsLeaveTheNetworkUnchanged(String name) {
    LanguageNetwork plain = network(config(name));
    Set<String> fields = names(kind(name).nothing() + " " + NOTHING);
    fields.removeAll(Set.of("model_type", "architectures", "id2label"));
    fields.removeAll(names(kind(name).read()));
    fields.retainAll(GOLDEN.getAsJsonObject(name).keySet());
    for (String field : fields) {
      JsonElement before = GOLDEN.getAsJsonObject(name).get(field);
      JsonObject config = config(name);
      if (before.isJsonPrimitive() && before.getAsJsonPrimitive().isBoolean()) {
        // Alone, without what it goes with.
        if (!Set.of("use_sliding_window", "tie_word_embeddings").contains(field)) {
          config.addProperty(field, !before.getAsBoolean());
        }
      } else if (before.isJsonPrimitive() && before.getAsJsonPrimitive().isNumber()) {
        config.addProperty(field, before.getAsDouble() + 1);
      } else if (before.isJsonPrimitive()) {
        config.addProperty(field, "another");
      }
      assertEquals(plain, network(config), name + " " + field);
    }
  }

  /** Qwen's windows count if it is said so, in the layers that it names. */
  @ParameterizedTest
  @CsvSource({"qwen2", "qwen3"})
  void windowsAreReadTogether(String name) {
    JsonObject with = config(name);
    with.addProperty("use_sliding_window", true);
    with.addProperty("sliding_window", 3);
    with.add("layer_types", JsonParser.parseString("null"));
    with.addProperty("max_window_layers", 0);
    JsonObject later = with.deepCopy();
    later.addProperty("max_window_layers", 1);
    JsonObject named = with.deepCopy();
    named.add(
        "layer_types",
        JsonParser.parseString(
            "[" + "\"full_attention\",".repeat(layers(with) - 1) + "\"sliding_attention\"]"));
    JsonObject wider = with.deepCopy();
    wider.addProperty("sliding_window", 4);
    JsonObject off = with.deepCopy();
    off.addProperty("use_sliding_window", false);
    for (JsonObject other : List.of(later, named, wider, off)) {
      assertNotEquals(network(with), network(other), other.toString());
    }
  }

  /** Configurations say these in three ways, of which transformers makes the last. */
  @Test
  void gemmasWindowsAndPositionsAreReadAsBeforeAndNow() {
    JsonObject now = config("gemma3_text");
    now.addProperty("num_hidden_layers", 6);
    now.add(
        "layer_types",
        JsonParser.parseString(
            ConfigRows.types("sliding", "full", "sliding", "full", "sliding", "full")));
    JsonObject before = now.deepCopy();
    before.remove("layer_types");
    before.addProperty("sliding_window_pattern", 2);
    before.remove("rope_parameters");
    before.addProperty("rope_theta", 100_000);
    before.addProperty("rope_local_base_freq", 10_000);
    before.add("rope_scaling", JsonParser.parseString("{\"rope_type\":\"linear\",\"factor\":8.0}"));
    assertEquals(network(now), network(before));
    JsonObject usual = before.deepCopy();
    usual.remove("sliding_window_pattern");
    now.add(
        "layer_types",
        JsonParser.parseString(
            ConfigRows.types("sliding", "sliding", "sliding", "sliding", "sliding", "full")));
    assertEquals(network(now), network(usual));
    for (String key : List.of("rope_theta", "rope_local_base_freq", "rope_scaling")) {
      JsonObject without = usual.deepCopy();
      without.remove(key);
      boolean isDefault = key.equals("rope_local_base_freq");
      assertEquals(isDefault, network(without).equals(network(usual)), key);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "gemma3_text; layer_types; [\"full_attention\"]; layer_types",
        "gemma3_text; layer_types; [\"full_attention\",\"full_attention\",\"full_attention\",\"chunked_attention\"]; chunked_attention",
        "gemma3_text; sliding_window; null; sliding_window",
        "gemma3_text; final_logit_softcapping; 0; final_logit_softcapping",
        "gemma2; attn_logit_softcapping; -1; attn_logit_softcapping",
        "gemma2; attn_logit_softcapping; 1e999; attn_logit_softcapping",
        "gemma3_text; rope_parameters; {\"rope_theta\": 77.0}; rope_theta",
        "gemma3_text; rope_parameters; {\"full_attention\": {\"rope_theta\": -1}}; rope_theta",
        "gemma3_text; rope_scaling; {\"rope_type\":\"linear\",\"factor\":8.0}; rope_scaling"
      })
  void settingsOfGemmaThatCannotBeComputedAreNamed(
      String name, String field, String value, String said) {
    JsonObject config = with(name, field + "=" + value);
    ModelException e = assertThrows(ModelException.class, () -> network(config));
    assertTrue(String.valueOf(e.getMessage()).contains(said), e.getMessage());
  }

  private static int layers(JsonObject config) {
    return config.get("num_hidden_layers").getAsInt();
  }

  /** A file says anything; what is built of it is bounded before its weights are looked for. */
  @ParameterizedTest
  @MethodSource("kinds")
  void hostileNumbersAreRefusedByName(String name) {
    for (String row : split(kind(name).read())) {
      String field = row.replaceFirst("=.*", "");
      if (!row.matches("\\w+=\\d+") || field.endsWith("_token_id")) {
        continue;
      }
      for (String number : List.of("0", "-1", "1.5", "1e9", "1e300", "1e9999", "-1e9999")) {
        if (number.equals("0") && field.equals("sliding_window")) {
          continue;
        }
        JsonObject config = with(name, field + "=" + number);
        ModelException e =
            assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () ->
                    assertThrows(
                        ModelException.class, () -> network(config), name + field + number));
        assertTrue(String.valueOf(e.getMessage()).contains("'" + field + "'"), e.getMessage());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llama, num_attention_heads, 7",
    "llama, num_key_value_heads, 3",
    "llama, head_dim, 5",
    "olmo2, num_key_value_heads, 3",
    "phi3, num_attention_heads, 7",
    "gpt_neox, num_attention_heads, 7",
    "opt, num_attention_heads, 7",
    "gpt2, n_head, 7",
    "bert, num_attention_heads, 7",
    "distilbert, n_heads, 7",
    "albert, num_hidden_groups, 4",
    "albert, inner_group_num, 334",
    "deberta-v2, num_attention_heads, 7",
    "deberta-v2, position_buckets, 1",
    "deberta-v2, position_buckets, 46",
    "deberta-v2, position_buckets, 1.5",
    "deberta-v2, max_relative_positions, 5",
    "deberta-v2, max_relative_positions, 1e9",
    "deberta-v2, conv_kernel_size, 2",
    "deberta-v2, type_vocab_size, -1",
    "roberta, pad_token_id, 5000",
    "roberta, pad_token_id, -7",
    "t5, relative_attention_num_buckets, 2",
    "t5, relative_attention_max_distance, 1"
  })
  void sizesThatDoNotDivideAreErrors(String name, String field, String value) {
    JsonObject config = with(name, field + "=" + value);
    config.remove(field.equals("num_attention_heads") ? "head_dim" : "none");
    assertThrows(ModelException.class, () -> network(config));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"rope_theta\": 0, \"rope_type\": \"default\"}; rope_theta",
        "{\"rope_theta\": -3, \"rope_type\": \"default\"}; rope_theta",
        "{\"rope_theta\": 1e9999, \"rope_type\": \"default\"}; rope_theta",
        "{\"rope_type\": \"linear\", \"factor\": 0}; factor",
        "{\"rope_type\": \"llama3\", \"factor\": -1}; factor",
        "{\"rope_type\": \"default\", \"partial_rotary_factor\": 0.5}; partial_rotary_factor",
        "{\"rope_type\": \"longrope\"}; short_factor",
        "{\"rope_type\": \"axial\"}; axial"
      })
  void positionsThatCannotBeTurnedAreErrors(String positions, String said) {
    JsonObject config = with("llama", "rope_parameters=" + positions);
    ModelException e = assertThrows(ModelException.class, () -> network(config));
    assertTrue(String.valueOf(e.getMessage()).contains(said), e.getMessage());
  }

  /** Fields of DeBERTa's convolution count where there is one. */
  @ParameterizedTest
  @CsvSource({"conv_act, 'relu'", "conv_groups, 1", "conv_kernel_size, 5"})
  void convolutionsAreReadTogether(String field, String value) {
    JsonObject with =
        json(RESOURCES.resolve("models/deberta-convolved/config.json")).getAsJsonObject();
    JsonObject other = with.deepCopy();
    other.add(field, JsonParser.parseString(value));
    assertNotEquals(network(with), network(other));
    other.addProperty("conv_groups", 3);
    assertThrows(ModelException.class, () -> network(other));
  }

  @Test
  void everyModelKindHasRows() {
    assertEquals(GOLDEN.keySet(), new TreeSet<>(ConfigRows.ALL.keySet()));
  }
}
