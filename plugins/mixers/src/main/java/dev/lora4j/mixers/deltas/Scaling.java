package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.MixerRequirement;

/** Number of times that the scale of a LoRA, alpha / rank, counts. */
public enum Scaling {
  /** Once, so that the sum is that of the changes. */
  ONCE,
  /** Once more, as in PEFT to its release 0.20.0. */
  TWICE;

  /** Requirement to the adapters: a change that is not one LoRA has no one scale. */
  MixerRequirement needs() {
    return this == TWICE ? MixerRequirement.FACTORS : MixerRequirement.CHANGES;
  }
}
