package dev.lora4j.core.adapter.tlora;

/** The singular directions of a weight that a T-LoRA begins with, by LyCORIS's names. */
public enum SingularChoice {
  /** Those of the greatest singular values ({@code principal}). */
  PRINCIPAL,
  /** Those of the least ({@code last}). */
  LAST,
  /** Those between ({@code middle}). */
  MIDDLE;

  /** Number of the first of {@code rank} directions among all, which fall in size. */
  long first(long rank, long all) {
    return switch (this) {
      case PRINCIPAL -> 0;
      case LAST -> all - rank;
      case MIDDLE -> (all - rank) / 2;
    };
  }
}
