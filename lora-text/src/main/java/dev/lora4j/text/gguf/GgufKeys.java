package dev.lora4j.text.gguf;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufValue;
import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.math.BigInteger;
import java.util.List;

/**
 * Tables of the metadata's keys: each is used, or has one value that can be computed, or has no
 * effect on numbers. A key of the architecture or the tokenizer that has no row is refused.
 */
public final class GgufKeys {
  private static final String TOKENIZER = "tokenizer.ggml.";

  static final String TURNED = "rope.dimension_count";
  static final String ATTENTION_FACTOR = "rope.scaling.attn_factor";
  static final String SLIDING = "attention.sliding_window";
  static final String PATTERN = "attention.sliding_window_pattern";
  static final String SLIDING_BASE = "rope.freq_base_swa";
  static final String EMBEDDING_SCALE = "embedding_scale";
  static final String RESIDUAL_SCALE = "residual_scale";
  static final String ATTENTION_SCALE = "attention.scale";
  static final String LOGIT_SCALE = "logit_scale";
  static final String LOGIT_CAP = "final_logit_softcapping";

  /** Keys of a file whatever its architecture. */
  static final ConfigFields GENERAL =
      ConfigFields.none()
          .used("general.architecture", "general.alignment")
          .only("general.type", "model")
          .only("general.quantization_version", "2")
          .only("split.count", "0", "1")
          .idle("says where a part belongs", "split.no", "split.tensors.count")
          .idle("names the types, which each tensor has itself", "general.file_type");

  private static final String MODEL = TOKENIZER + "model";
  private static final String SPACES = TOKENIZER + "remove_extra_whitespaces";
  private static final String CHARS = TOKENIZER + "precompiled_charsmap";

  private static final ConfigFields ALL_TOKENS =
      ConfigFields.none()
          .used(
              "tokenizer.ggml.model",
              "tokenizer.ggml.pre",
              "tokenizer.ggml.tokens",
              "tokenizer.ggml.token_type",
              "tokenizer.ggml.scores",
              "tokenizer.ggml.merges",
              "tokenizer.ggml.bos_token_id",
              "tokenizer.ggml.eos_token_id",
              "tokenizer.ggml.eot_token_id",
              "tokenizer.ggml.eom_token_id",
              "tokenizer.ggml.unknown_token_id",
              "tokenizer.ggml.padding_token_id",
              "tokenizer.ggml.add_bos_token",
              "tokenizer.ggml.add_eos_token",
              "tokenizer.ggml.add_space_prefix")
          .only("tokenizer.ggml.add_sep_token", "false")
          .idle(
              "names tokens that no text gets by itself",
              "tokenizer.ggml.seperator_token_id",
              "tokenizer.ggml.cls_token_id",
              "tokenizer.ggml.mask_token_id",
              "tokenizer.ggml.fim_pre_token_id",
              "tokenizer.ggml.fim_suf_token_id",
              "tokenizer.ggml.fim_mid_token_id",
              "tokenizer.ggml.fim_pad_token_id",
              "tokenizer.ggml.fim_rep_token_id",
              "tokenizer.ggml.fim_sep_token_id",
              "tokenizer.ggml.prefix_token_id",
              "tokenizer.ggml.suffix_token_id",
              "tokenizer.ggml.middle_token_id",
              "tokenizer.ggml.token_type_count");

  /** Keys of a tokenizer that leaves texts as they are. */
  static final ConfigFields TOKENS =
      ALL_TOKENS
          .only(SPACES, "false")
          .refused("It normalises texts, which is not done for this kind of tokenizer.", CHARS);

  /** Keys of the tokenizer of T5, which normalises texts. */
  static final ConfigFields T5_TOKENS = ALL_TOKENS.used(SPACES, CHARS);

  private GgufKeys() {}

  /** Keys of an architecture. */
  static ConfigFields of(GgufArchitecture architecture) {
    String at = architecture.key() + ".";
    return switch (architecture) {
      case T5 -> t5(at);
      case LLAMA, SMOLLM3, OLMO2, QWEN2, QWEN3 -> unscaled(at).only(at + SLIDING, "0");
      case GRANITE ->
          common(at)
              .only(at + SLIDING, "0")
              .only(at + ATTENTION_FACTOR, "1")
              .used(
                  at + EMBEDDING_SCALE,
                  at + RESIDUAL_SCALE,
                  at + ATTENTION_SCALE,
                  at + LOGIT_SCALE);
      case PHI3 ->
          common(at)
              .used(at + SLIDING, at + ATTENTION_FACTOR)
              .only(at + LOGIT_SCALE, "1")
              .only(at + EMBEDDING_SCALE, "1")
              .only(at + RESIDUAL_SCALE, "1");
      case GEMMA2 ->
          unscaled(at)
              .used(at + SLIDING, at + LOGIT_CAP, at + "attn_logit_softcapping")
              .only(at + PATTERN, "2");
      case GEMMA3 ->
          unscaled(at).used(at + SLIDING, at + LOGIT_CAP, at + PATTERN, at + SLIDING_BASE);
    };
  }

  private static ConfigFields t5(String at) {
    return ConfigFields.none()
        .used(
            at + "block_count",
            at + "decoder_block_count",
            at + "embedding_length",
            at + "feed_forward_length",
            at + "vocab_size",
            at + "attention.head_count",
            at + "attention.key_length",
            at + "attention.value_length",
            at + "attention.layer_norm_rms_epsilon",
            at + "attention.relative_buckets_count",
            at + "decoder_start_token_id")
        .idle("says how long texts were in training", at + "context_length")
        .idle("is of norms that these models do not have", at + "attention.layer_norm_epsilon");
  }

  private static ConfigFields unscaled(String at) {
    return common(at)
        .only(at + ATTENTION_FACTOR, "1")
        .only(at + LOGIT_SCALE, "1")
        .only(at + EMBEDDING_SCALE, "1")
        .only(at + RESIDUAL_SCALE, "1");
  }

  private static ConfigFields common(String at) {
    return ConfigFields.none()
        .used(
            at + "block_count",
            at + "context_length",
            at + "embedding_length",
            at + "feed_forward_length",
            at + "vocab_size",
            at + "attention.head_count",
            at + "attention.head_count_kv",
            at + "attention.key_length",
            at + "attention.value_length",
            at + "attention.layer_norm_rms_epsilon",
            at + "rope.freq_base",
            at + TURNED,
            at + "rope.scaling.factor",
            at + "rope.scaling.original_context_length",
            at + "rope.scaling.yarn_beta_fast",
            at + "rope.scaling.yarn_beta_slow")
        .only(at + "rope.scaling.type", "none", "linear", "yarn")
        .only(at + "rope.scaling.yarn_attn_factor", "1")
        .only(at + "rope.scaling.yarn_ext_factor", "1")
        .only(at + "rope.scale_linear", "1")
        .only(at + "tensor_data_layout", "Meta AI original pth")
        .only(at + "use_parallel_residual", "false")
        .only(at + "attention.causal", "true")
        .only(at + "attention.clamp_kqv", "0")
        .only(at + "attention.max_alibi_bias", "0")
        .only(at + "expert_count", "0")
        .only(at + "expert_used_count", "0")
        .only(at + "nextn_predict_layers", "0")
        .only(at + "pooling_type", "0")
        .idle("says how the model was trained", at + "rope.scaling.finetuned");
  }

  /**
   * Refuses a file whose model or tokenizer cannot be computed as it says.
   *
   * @throws ModelException naming the first key
   */
  static void requireModel(GgufFile file, GgufArchitecture architecture) {
    ConfigFile metadata = plain(file);
    GENERAL.require(metadata);
    ConfigFields own = of(architecture);
    own.require(metadata);
    requireKnown(metadata, own, architecture.key() + ".");
  }

  /**
   * Refuses a file whose tokenizer cannot be used as it says.
   *
   * @throws ModelException naming the first key
   */
  public static void requireTokenizer(GgufFile file) {
    ConfigFile metadata = plain(file);
    boolean t5 = metadata.plain(MODEL).filter("t5"::equals).isPresent();
    ConfigFields known = t5 ? T5_TOKENS : TOKENS;
    known.require(metadata);
    requireKnown(metadata, known, TOKENIZER);
  }

  private static void requireKnown(ConfigFile metadata, ConfigFields known, String within) {
    List<String> unknown =
        known.unknown(metadata).stream().filter(k -> k.startsWith(within)).toList();
    if (!unknown.isEmpty()) {
      throw new ModelException(
          metadata.file()
              + ": '"
              + unknown.get(0)
              + "' is "
              + metadata.plain(unknown.get(0)).orElse("null")
              + "; this key is not known here, and may change what the model computes.");
    }
  }

  /** The metadata as a configuration; of arrays, the number of their elements. */
  private static ConfigFile plain(GgufFile file) {
    JsonObject json = new JsonObject();
    file.metadata().values().forEach((key, value) -> json.add(key, plain(value)));
    return ConfigFile.of(file.path(), json.toString());
  }

  private static JsonElement plain(GgufValue value) {
    if (value instanceof GgufValue.Whole whole) {
      return new JsonPrimitive(new BigInteger(whole.described()));
    }
    if (value instanceof GgufValue.Real real) {
      return new JsonPrimitive(real.value());
    }
    if (value instanceof GgufValue.Flag flag) {
      return new JsonPrimitive(flag.value());
    }
    if (value instanceof GgufValue.Text text) {
      return new JsonPrimitive(text.value());
    }
    JsonArray array = new JsonArray();
    array.add(value.described());
    return array;
  }
}
