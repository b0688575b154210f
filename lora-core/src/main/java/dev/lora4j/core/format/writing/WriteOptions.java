package dev.lora4j.core.format.writing;

import dev.lora4j.core.tensor.DType;
import java.util.Optional;

/**
 * Options for writing an adapter.
 *
 * @param dtype element type of its floating-point tensors; as they are without it
 * @param fold whether scales are multiplied into the factors, so that alpha is the rank
 * @param rewrite whether factors that a layout has no form for may take the nearest one it has,
 *     which is the same up to rounding
 * @param base what the layout may say of the base; nothing without it
 */
public record WriteOptions(
    Optional<DType> dtype, boolean fold, boolean rewrite, Optional<BaseUsage> base) {
  /** Writes the adapter unchanged, or refuses. */
  public static final WriteOptions EXACT = new WriteOptions(Optional.empty(), false, false);

  /** Without saying anything of the base. */
  public WriteOptions(Optional<DType> dtype, boolean fold, boolean rewrite) {
    this(dtype, fold, rewrite, Optional.empty());
  }

  /** With another element type. */
  public WriteOptions as(DType type) {
    return new WriteOptions(Optional.of(type), fold, rewrite, base);
  }

  /** With scales multiplied in. */
  public WriteOptions folded() {
    return new WriteOptions(dtype, true, rewrite, base);
  }

  /** With the nearest form where there is no other. */
  public WriteOptions rewritten() {
    return new WriteOptions(dtype, fold, true, base);
  }

  /** Saying what it was made for. */
  public WriteOptions madeFor(BaseUsage use) {
    return new WriteOptions(dtype, fold, rewrite, Optional.of(use));
  }
}
