package dev.lora4j.core.adapter.tlora;

/** Form in which a trained T-LoRA is stored. */
public enum StoredForm {
  /** A LoRA of twice the rank, the difference of the two products ({@code lora}). */
  LORA,
  /**
   * LyCORIS's own tensors, which readers take the first product away from by the base's weight
   * ({@code tlora}).
   */
  TLORA
}
