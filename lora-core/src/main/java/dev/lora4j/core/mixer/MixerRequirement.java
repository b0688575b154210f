package dev.lora4j.core.mixer;

/** What a mixer needs of each adapter at a parameter; who lacks it is refused, by name. */
public enum MixerRequirement {
  /** A change, which adapters of all additive methods have. */
  CHANGES,

  /**
   * The factors of one LoRA as they are stored: of a linear layer or a convolution, without a core
   * between them, and nothing beside them.
   */
  FACTORS,

  /** Such factors, of one rank at each layer. */
  FACTORS_OF_ONE_RANK
}
