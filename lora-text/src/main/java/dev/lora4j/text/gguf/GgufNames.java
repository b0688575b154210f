package dev.lora4j.text.gguf;

import dev.lora4j.core.gguf.GgufTensor;
import dev.lora4j.core.gguf.GgufWeight;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of weights in llama.cpp's files, and those of transformers. */
final class GgufNames {
  /** Factors of rotary frequencies, which belong to the configuration. */
  static final String ROPE_FACTORS = "rope_freqs.weight";

  static final String EMBEDDING = "token_embd.weight";
  static final String HEAD = "output.weight";

  private static final Pattern BLOCK = Pattern.compile("blk\\.(\\d+)\\.(\\w+)\\.(weight|bias)");

  private static final Map<String, String> WHOLE =
      Map.of(
          EMBEDDING,
          "model.embed_tokens.weight",
          "output_norm.weight",
          "model.norm.weight",
          HEAD,
          "lm_head.weight");

  private static final Map<String, String> LAYERS =
      Map.ofEntries(
          Map.entry("attn_norm", "input_layernorm"),
          Map.entry("attn_q", "self_attn.q_proj"),
          Map.entry("attn_k", "self_attn.k_proj"),
          Map.entry("attn_v", "self_attn.v_proj"),
          Map.entry("attn_output", "self_attn.o_proj"),
          Map.entry("attn_q_norm", "self_attn.q_norm"),
          Map.entry("attn_k_norm", "self_attn.k_norm"),
          Map.entry("ffn_norm", "post_attention_layernorm"),
          Map.entry("ffn_gate", "mlp.gate_proj"),
          Map.entry("ffn_up", "mlp.up_proj"),
          Map.entry("ffn_down", "mlp.down_proj"));

  /** Where Gemma and OLMo have norms behind layers, in the place of those of others. */
  private static final Map<String, String> NORMS_BEHIND =
      Map.of(
          "post_attention_norm", "post_attention_layernorm",
          "ffn_norm", "pre_feedforward_layernorm",
          "post_ffw_norm", "post_feedforward_layernorm");

  /** Phi-3's fused layers; the name of the second is that of another one elsewhere. */
  private static final Map<String, String> FUSED =
      Map.of("attn_qkv", "self_attn.qkv_proj", "ffn_up", "mlp.gate_up_proj");

  private GgufNames() {}

  /** The weight of a Gemma that a tensor is, as {@link #weight}; norms have 1 added. */
  static GgufWeight gemma(GgufTensor tensor) {
    GgufWeight weight = normedBehind(tensor);
    return tensor.name().endsWith("norm.weight") ? weight.withAdded(1) : weight;
  }

  /** The weight that a tensor of a model with norms behind its layers is, as {@link #weight}. */
  static GgufWeight normedBehind(GgufTensor tensor) {
    return weight(tensor, NORMS_BEHIND);
  }

  /** The weight of a Phi-3 that a tensor is, as {@link #weight}. */
  static GgufWeight fused(GgufTensor tensor) {
    return weight(tensor, FUSED);
  }

  private static GgufWeight weight(GgufTensor tensor, Map<String, String> own) {
    Matcher block = BLOCK.matcher(tensor.name());
    Optional<String> found =
        block.matches() ? Optional.ofNullable(own.get(block.group(2))) : Optional.empty();
    return found.map(n -> layer(block, n, tensor.name())).orElseGet(() -> weight(tensor, 0, 0));
  }

  private static GgufWeight layer(Matcher block, String layer, String tensor) {
    return GgufWeight.of(
        "model.layers." + block.group(1) + "." + layer + "." + block.group(3), tensor);
  }

  /**
   * The weight that a tensor is; one of no known name keeps its own, so that it is told of.
   *
   * @param heads heads of queries, if rows lie in pairs; else 0
   * @param keyHeads heads of keys, if rows lie in pairs; else 0
   */
  static GgufWeight weight(GgufTensor tensor, int heads, int keyHeads) {
    String name = tensor.name();
    String whole = WHOLE.get(name);
    if (whole != null) {
      return GgufWeight.of(whole, name);
    }
    Matcher block = BLOCK.matcher(name);
    Optional<String> layer =
        block.matches() ? Optional.ofNullable(LAYERS.get(block.group(2))) : Optional.empty();
    if (layer.isEmpty()) {
      return GgufWeight.of(name, name);
    }
    GgufWeight weight = layer(block, layer.get(), name);
    return switch (block.group(2)) {
      case "attn_q" -> weight.withPairedHeads(heads);
      case "attn_k" -> weight.withPairedHeads(keyHeads);
      default -> weight;
    };
  }
}
