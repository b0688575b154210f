package dev.lora4j.text.gguf;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufMetadata;

/** The configuration that transformers has for the model of a file. */
final class GgufModelConfig {
  /** Every layer of this number has no positions in SmolLM 3, which no file says. */
  private static final int SMOLLM3_UNTURNED = 4;

  private final GgufFile file;
  private final GgufMetadata metadata;
  private final GgufArchitecture architecture;
  private final GgufSizes sizes;
  private final JsonObject json = new JsonObject();

  private GgufModelConfig(GgufFile file, GgufArchitecture architecture) {
    this.file = file;
    this.metadata = file.metadata();
    this.architecture = architecture;
    this.sizes = new GgufSizes(file, architecture);
  }

  /**
   * The configuration of a file.
   *
   * @throws dev.lora4j.core.model.ModelException if it has a setting that cannot be computed
   */
  static JsonObject of(GgufFile file, GgufArchitecture architecture) {
    GgufKeys.requireModel(file, architecture);
    GgufModelConfig config = new GgufModelConfig(file, architecture);
    config.sizes();
    config.biases();
    config.positions();
    config.tokens();
    if (architecture == GgufArchitecture.SMOLLM3) {
      config.json.addProperty("no_rope_layer_interval", SMOLLM3_UNTURNED);
    }
    if (architecture == GgufArchitecture.GRANITE) {
      config.scales();
    }
    if (architecture == GgufArchitecture.PHI3) {
      new GgufPhi3Config(config.sizes, config.json).add();
    }
    if (architecture.gemma()) {
      new GgufGemmaConfig(config.sizes, config.json).add();
    }
    return config.json;
  }

  private void sizes() {
    JsonArray classes = new JsonArray();
    classes.add(architecture.modelClass());
    json.add("architectures", classes);
    json.addProperty("model_type", architecture.modelType());
    int width = needed("embedding_length", "hidden_size");
    needed("feed_forward_length", "intermediate_size");
    needed("block_count", "num_hidden_layers");
    int heads = needed("attention.head_count", "num_attention_heads");
    json.addProperty("num_key_value_heads", sizes.size("attention.head_count_kv").orElse(heads));
    needed("context_length", "max_position_embeddings");
    json.addProperty("head_dim", headDim(width, heads));
    json.addProperty("rms_norm_eps", sizes.real("attention.layer_norm_rms_epsilon"));
    if (!architecture.gemma()) {
      json.addProperty("hidden_act", "silu");
    }
    json.addProperty("vocab_size", sizes.vocabulary());
    json.addProperty("tie_word_embeddings", !file.tensors().containsKey(GgufNames.HEAD));
  }

  /** Width of a head, which keys and values share and of which all turns but in Phi-3. */
  private int headDim(int width, int heads) {
    int share = heads > 0 ? width / heads : 0;
    int found = sizes.size("attention.key_length").orElse(share);
    String what = "the width of a head of keys";
    sizes.requireSame("attention.value_length", found, what);
    if (architecture != GgufArchitecture.PHI3) {
      sizes.requireSame(GgufKeys.TURNED, found, what);
    }
    return found;
  }

  /** Biases are there if the first layer has them; missing ones of others are told of later. */
  private void biases() {
    if (architecture != GgufArchitecture.QWEN2) { // which always has them
      json.addProperty("attention_bias", file.tensors().containsKey("blk.0.attn_q.bias"));
    }
    if (architecture.pairedHeads()) {
      json.addProperty("mlp_bias", file.tensors().containsKey("blk.0.ffn_gate.bias"));
    }
  }

  /** Factors of Granite's values; attention is scaled as in other models unless a file says how. */
  private void scales() {
    double usual = 1 / Math.sqrt(Math.max(1, json.get("head_dim").getAsInt()));
    json.addProperty("embedding_multiplier", sizes.number(GgufKeys.EMBEDDING_SCALE).orElse(1.0));
    json.addProperty("residual_multiplier", sizes.number(GgufKeys.RESIDUAL_SCALE).orElse(1.0));
    json.addProperty("attention_multiplier", sizes.number(GgufKeys.ATTENTION_SCALE).orElse(usual));
    json.addProperty("logits_scaling", sizes.real(GgufKeys.LOGIT_SCALE));
  }

  private void positions() {
    json.addProperty("rope_theta", sizes.number("rope.freq_base").orElse(10_000.0));
    GgufRopeScaling.of(file, architecture, json).ifPresent(s -> json.add("rope_scaling", s));
  }

  private void tokens() {
    token("bos_token_id");
    token("eos_token_id");
    metadata
        .whole("tokenizer.ggml.padding_token_id", 0, GgufSizes.MOST)
        .ifPresent(id -> json.addProperty("pad_token_id", id));
  }

  private void token(String name) {
    metadata
        .whole("tokenizer.ggml." + name, 0, GgufSizes.MOST)
        .ifPresent(id -> json.addProperty(name, id));
  }

  private int needed(String name, String here) {
    int value = sizes.needed(name);
    json.addProperty(here, value);
    return value;
  }
}
