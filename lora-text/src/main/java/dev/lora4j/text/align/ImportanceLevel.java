package dev.lora4j.text.align;

import java.util.Locale;

/** Things that have a ratio of importance of their own. */
public enum ImportanceLevel {
  /** Each token (GRPO, Shao et al. 2024). */
  TOKEN,
  /** Each completion, by the geometric mean over its tokens (GSPO, Zheng et al. 2025). */
  SEQUENCE;

  /** Its name as people write it: {@code token}, {@code sequence}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
