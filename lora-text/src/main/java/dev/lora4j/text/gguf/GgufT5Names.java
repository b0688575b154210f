package dev.lora4j.text.gguf;

import dev.lora4j.core.gguf.GgufWeight;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of a T5's weights in llama.cpp's files, and those of transformers. */
final class GgufT5Names {
  /** The weight that only models with a gate have. */
  static final String GATE = "enc.blk.0.ffn_gate.weight";

  private static final Pattern BLOCK =
      Pattern.compile("(enc|dec)\\.blk\\.(\\d+)\\.(attn|cross_attn|ffn)_(\\w+)\\.weight");

  private static final Map<String, String> WHOLE =
      Map.of(
          GgufNames.EMBEDDING,
          "shared.weight",
          "enc.output_norm.weight",
          "encoder.final_layer_norm.weight",
          "dec.output_norm.weight",
          "decoder.final_layer_norm.weight",
          GgufNames.HEAD,
          "lm_head.weight");

  private static final Map<String, String> ATTENTION =
      Map.of("q", "q", "k", "k", "v", "v", "o", "o", "rel_b", "relative_attention_bias");

  private GgufT5Names() {}

  /**
   * The weight that a tensor is; one of no known name keeps its own, so that it is told of.
   *
   * @param gated whether feed-forward layers have a gate
   */
  static GgufWeight weight(String tensor, boolean gated) {
    String whole = WHOLE.get(tensor);
    if (whole != null) {
      return GgufWeight.of(whole, tensor);
    }
    Matcher block = BLOCK.matcher(tensor);
    boolean decoder = tensor.startsWith("dec.");
    String layer = block.matches() ? layer(block.group(3), block.group(4), decoder, gated) : null;
    return GgufWeight.of(
        layer == null
            ? tensor
            : "%s.block.%s.layer.%s.weight"
                .formatted(decoder ? "decoder" : "encoder", block.group(2), layer),
        tensor);
  }

  private static @Nullable String layer(String part, String name, boolean decoder, boolean gated) {
    if (part.equals("cross_attn") && !decoder) {
      return null;
    }
    int number =
        switch (part) {
          case "attn" -> 0;
          case "cross_attn" -> 1;
          default -> decoder ? 2 : 1;
        };
    if (name.equals("norm")) {
      return number + ".layer_norm";
    }
    if (part.equals("ffn")) {
      return switch (name) {
        case "gate" -> number + ".DenseReluDense.wi_0";
        case "up" -> number + ".DenseReluDense." + (gated ? "wi_1" : "wi");
        case "down" -> number + ".DenseReluDense.wo";
        default -> null;
      };
    }
    String own = ATTENTION.get(name);
    String attention = part.equals("attn") ? "SelfAttention" : "EncDecAttention";
    return own == null ? null : number + "." + attention + "." + own;
  }
}
