package dev.lora4j.core.mixer;

/**
 * Requirement of a mixer on the factors of an adapter at a parameter; an adapter without them is
 * refused by name.
 */
public enum MixerRequirement {
  /** A change, which adapters of all additive methods have. */
  CHANGES,

  /**
   * The factors of one LoRA as they are stored: of a linear layer or a convolution, without a core
   * between them, and without other tensors.
   */
  FACTORS,

  /** Such factors, of one rank at each layer. */
  FACTORS_OF_ONE_RANK
}
