package dev.lora4j.text.gguf;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.core.gguf.GgufFile;
import java.util.Map;

/** The configuration that transformers has for the T5 of a file. */
final class GgufT5Config {
  /** Distance from which on all are alike: files have none, and all models of T5 have this one. */
  private static final int FURTHEST = 128;

  private GgufT5Config() {}

  /**
   * The configuration of a file.
   *
   * @throws dev.lora4j.core.model.ModelException if it has a setting that cannot be computed
   */
  static JsonObject of(GgufFile file) {
    GgufKeys.requireModel(file, GgufArchitecture.T5);
    GgufSizes sizes = new GgufSizes(file, GgufArchitecture.T5);
    // UMT5 alone has biases of positions in each layer, not in the first one for all.
    boolean umt5 = has(file, "enc.blk.1.attn_rel_b.weight");
    boolean head = has(file, GgufNames.HEAD);
    boolean gated = has(file, GgufT5Names.GATE);
    JsonObject json = new JsonObject();
    JsonArray classes = new JsonArray();
    classes.add(umt5 ? "UMT5ForConditionalGeneration" : GgufArchitecture.T5.modelClass());
    json.add("architectures", classes);
    json.addProperty("model_type", umt5 ? "umt5" : "t5");
    json.addProperty("vocab_size", sizes.vocabulary());
    json.addProperty("d_model", sizes.needed("embedding_length"));
    json.addProperty("d_ff", sizes.needed("feed_forward_length"));
    int layers = sizes.needed("block_count");
    json.addProperty("num_layers", layers);
    json.addProperty("num_decoder_layers", sizes.size("decoder_block_count").orElse(layers));
    json.addProperty("num_heads", sizes.needed("attention.head_count"));
    int width = sizes.needed("attention.key_length");
    sizes.requireSame("attention.value_length", width, "the width of a head of keys");
    json.addProperty("d_kv", width);
    json.addProperty("layer_norm_epsilon", sizes.real("attention.layer_norm_rms_epsilon"));
    json.addProperty(
        "relative_attention_num_buckets", sizes.needed("attention.relative_buckets_count"));
    json.addProperty("relative_attention_max_distance", FURTHEST);
    // As llama.cpp takes them: models with a gate have GELU, others ReLU.
    json.addProperty("feed_forward_proj", gated ? "gated-gelu" : "relu");
    json.addProperty("tie_word_embeddings", !head);
    // Models without a gate, the T5 of 2019, share the table of tokens with the head, also where a
    // file has it twice.
    json.addProperty("scale_decoder_outputs", !head || !gated);
    sizes
        .size("decoder_start_token_id")
        .ifPresent(id -> json.addProperty("decoder_start_token_id", id));
    Map.of("pad_token_id", "padding_token_id", "eos_token_id", "eos_token_id")
        .forEach(
            (name, key) ->
                file.metadata()
                    .whole("tokenizer.ggml." + key, 0, GgufSizes.MOST)
                    .ifPresent(id -> json.addProperty(name, id)));
    return json;
  }

  private static boolean has(GgufFile file, String tensor) {
    return file.tensors().containsKey(tensor);
  }
}
