package dev.lora4j.cli.adapter;

import java.util.Set;
import java.util.regex.Pattern;

/** Kind of a safetensors file, by the names of its tensors. The first that fits is it. */
enum FileKind {
  DORA("DoRA adapter", ".*\\.(dora_scale|lora_magnitude_vector\\.weight)"),
  LOHA("LoHa adapter", ".*\\.hada_w1_a"),
  LOKR("LoKr adapter", ".*\\.lokr_w1(_a)?"),
  OFT("OFT or BOFT adapter", ".*\\.(oft_blocks|oft_diag|oft_R\\.weight)"),
  IA3("IA3 adapter", ".*\\.on_input"),
  SPARSE("adapter in lora4j's layout", ".*\\.sparse_values"),
  KOHYA("LoRA adapter in kohya's layout", ".*\\.lora_down\\.weight"),
  PEFT("LoRA adapter in PEFT's layout", "base_model\\..*\\.lora_A\\..*"),
  DIFFUSERS("LoRA adapter in diffusers' layout", ".*\\.(lora_A|lora\\.down)\\.weight"),
  FULL_DIFFERENCE("adapter of full weight differences", ".*\\.diff(_b)?"),
  CHECKPOINT("whole Stable Diffusion checkpoint in one file", "model\\.diffusion_model\\..*"),
  CONTROLNET("ControlNet", "controlnet_cond_embedding\\..*"),
  UNET("denoiser (UNet) in diffusers' layout", "down_blocks\\.0\\..*"),
  VAE("autoencoder (VAE) in diffusers' layout", "decoder\\.up_blocks\\..*"),
  TEXT_ENCODER("CLIP text encoder", "text_model\\.embeddings\\..*"),
  LANGUAGE_MODEL("language model", "model\\.layers\\..*"),
  EMBEDDING("textual inversion", "emb_params|clip_l"),
  UNKNOWN("tensors of no kind that is known here", ".*");

  private final String text;
  private final String mark;

  FileKind(String text, String mark) {
    this.text = text;
    this.mark = mark;
  }

  /** The kind of a file with these tensors. */
  static FileKind of(Set<String> names) {
    for (FileKind kind : values()) {
      Pattern pattern = Pattern.compile(kind.mark, Pattern.DOTALL);
      if (names.stream().anyMatch(n -> pattern.matcher(n).matches())) {
        return kind;
      }
    }
    return UNKNOWN;
  }

  /** Text for people. */
  String text() {
    return text;
  }

  /** True if it changes a base model rather than being one. */
  boolean adapter() {
    return compareTo(FULL_DIFFERENCE) <= 0;
  }
}
