package dev.lora4j.core.adapter.adalora;

/** The form in which trained directions are stored. */
public enum StoredForm {
  /** A LoRA with the sizes in its down factor, which all layouts hold. */
  LORA,
  /** AdaLoRA with the sizes apart, which PEFT's layout alone holds. */
  ADALORA
}
