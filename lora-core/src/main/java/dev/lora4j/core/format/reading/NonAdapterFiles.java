package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.safetensors.TensorInfo;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Files that people take for adapters, with their true kinds. */
final class NonAdapterFiles {
  private NonAdapterFiles() {}

  /**
   * Passes if the file may hold an adapter.
   *
   * @throws AdapterException that names its true kind
   */
  static void refuse(Path path, Map<String, TensorInfo> tensors) {
    Set<String> keys = tensors.keySet();
    if (keys.isEmpty()) {
      throw new AdapterException(
          path
              + " holds no tensors: an empty adapter. Trainings with DeepSpeed ZeRO-3 save such files"
              + " where they do not gather the weights first.");
    }
    if (keys.contains("lora_controlnet")) {
      throw new AdapterException(
          path
              + " is a Control-LoRA of Stability AI: a ControlNet stored as differences from a UNet,"
              + " which needs a picture to follow. It is no adapter of the model itself.");
    }
    if (keys.stream().anyMatch(k -> k.startsWith("ip_adapter.") || k.startsWith("image_proj."))) {
      throw new AdapterException(
          path + " is an IP-Adapter, which needs a picture to follow; it is no low-rank adapter.");
    }
    if (keys.contains("single_blocks.0.norm.key_norm.scale")
        && keys.stream().anyMatch(k -> k.startsWith("img_in.lora_"))) {
      throw new AdapterException(
          path
              + " is a control LoRA of FLUX (Depth or Canny): it widens the model's input for a"
              + " picture to follow and replaces its norms, which changes of layers cannot do. Style"
              + " LoRAs of FLUX can be read.");
    }
    if (keys.stream().anyMatch(k -> k.endsWith(".lora_diag") || k.contains(".lora_diag."))) {
      throw new AdapterException(
          path
              + " is of PEFT's KaSA: beside its factors it cuts the smallest singular values off the"
              + " base's weights, which cannot be applied. Merge it by PEFT, and extract the"
              + " difference of the two models.");
    }
    if (tensors.size() <= 4 && embedding(keys)) {
      throw new AdapterException(
          path
              + " is a textual inversion: vectors for a word of the prompt, not changes of layers."
              + " It is no adapter, and is given with the prompt instead.");
    }
    if (checkpoint(keys)) {
      throw new AdapterException(
          path
              + " is a whole model, not an adapter. Give it as the base; what it learned beyond"
              + " another base can be extracted as an adapter.");
    }
  }

  private static boolean embedding(Set<String> keys) {
    return keys.stream()
        .allMatch(
            k ->
                Set.of("emb_params", "clip_l", "clip_g", "t5", "string_to_param.*").contains(k)
                    || k.startsWith("<"));
  }

  /** Whole weights of layers that adapters only change. */
  private static boolean checkpoint(Set<String> keys) {
    return keys.contains("model.diffusion_model.input_blocks.0.0.weight")
        || keys.contains("conv_in.weight")
        || keys.contains("text_model.embeddings.token_embedding.weight")
        || keys.contains("model.embed_tokens.weight")
        || keys.contains("transformer_blocks.0.attn.to_q.weight")
        || keys.contains("double_blocks.0.img_attn.qkv.weight")
        || keys.contains("model.diffusion_model.double_blocks.0.img_attn.qkv.weight")
        || keys.contains("model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight");
  }
}
