package dev.lora4j.core.adapter.dylora;

/** The directions of those in use that a step of DyLoRA trains. */
public enum RankMode {
  /** The last {@code unit} alone; those before are used as they are ({@code frozen}). */
  FROZEN,
  /** All that are in use ({@code nested}). */
  NESTED
}
