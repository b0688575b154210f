package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.safetensors.TensorInfo;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Mapping from a checkpoint's layer names to sites, and the list of its weights that are [in, out].
 */
final class CheckpointNames {
  private static final Pattern CONV1D =
      Pattern.compile(
          "(?:.*\\.)?h\\.\\d+\\.(?:attn|crossattention|mlp)\\.(?:c_attn|c_proj|c_fc|q_attn)");
  private static final Pattern CLIP_WITHOUT_LEVEL =
      Pattern.compile("(?:embeddings|encoder\\.layers|final_layer_norm)(?:\\..*)?");

  private final String prefix;
  private final boolean textModel;
  private final boolean gpt2;
  private final boolean bareGpt2;

  private CheckpointNames(String prefix, boolean textModel, boolean gpt2, boolean bareGpt2) {
    this.prefix = prefix;
    this.textModel = textModel;
    this.gpt2 = gpt2;
    this.bareGpt2 = bareGpt2;
  }

  /**
   * The names of one part.
   *
   * @param part what its sites begin with, for example {@code unet}; empty for a model alone
   */
  static CheckpointNames of(String part, Map<String, TensorInfo> tensors) {
    // transformers 5.6 took the level "text_model" out of CLIPTextModel; adapters keep it.
    boolean bareClip =
        part.startsWith("text_encoder")
            && tensors.containsKey("embeddings.position_embedding.weight");
    // GPT-2 as it was published lacks the level that models with a head have, and adapters.
    boolean bareGpt2 = part.isEmpty() && gpt2(tensors, "h.0.attn.c_attn.weight");
    boolean gpt2 = bareGpt2 || gpt2(tensors, "transformer.h.0.attn.c_attn.weight");
    return new CheckpointNames(part.isEmpty() ? "" : part + ".", bareClip, gpt2, bareGpt2);
  }

  /** Returns true if queries, keys and values are columns of one weight, as in GPT-2's Conv1D. */
  private static boolean gpt2(Map<String, TensorInfo> tensors, String attention) {
    return Optional.ofNullable(tensors.get(attention))
        .map(TensorInfo::shape)
        .filter(s -> s.rank() == 2 && s.size(1) == 3 * s.size(0))
        .isPresent();
  }

  /** The site of the layer that the file calls {@code path}. */
  String site(String path) {
    if (textModel && CLIP_WITHOUT_LEVEL.matcher(path).matches()) {
      return prefix + "text_model." + path;
    }
    return prefix + (bareGpt2 ? "transformer." : "") + path;
  }

  /** Returns true if the file stores the weight of layer {@code path} as [in, out]. */
  boolean transposed(String path) {
    return gpt2 && CONV1D.matcher(path).matches();
  }
}
