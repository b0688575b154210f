package dev.lora4j.diffusion.family.stablediffusion;

import dev.lora4j.core.train.adapter.TargetPreset;

/** Presets of layers to train that are Stable Diffusion's. */
public final class UNetTargets {
  /** Attention, feed-forward and all convolutions of the denoiser's blocks. */
  public static final TargetPreset STYLE = new TargetPreset("style");

  /** Attention of the transformer that holds content, after B-LoRA (Frenkel et al. 2024). */
  public static final TargetPreset B_LORA_CONTENT = new TargetPreset("b-lora-content");

  /** Attention of the transformer that holds style, after B-LoRA. */
  public static final TargetPreset B_LORA_STYLE = new TargetPreset("b-lora-style");

  private UNetTargets() {}
}
