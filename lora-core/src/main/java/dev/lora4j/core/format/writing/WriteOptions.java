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
  public static final WriteOptions EXACT =
      new WriteOptions(Optional.empty(), false, false, Optional.empty());

  /** A copy with another element type. */
  public WriteOptions as(DType type) {
    return new WriteOptions(Optional.of(type), fold, rewrite, base);
  }

  /** A copy that multiplies scales in. */
  public WriteOptions folded() {
    return new WriteOptions(dtype, true, rewrite, base);
  }

  /** A copy that allows the nearest form where there is no exact one. */
  public WriteOptions rewritten() {
    return new WriteOptions(dtype, fold, true, base);
  }

  /** A copy with a record of the base and the task. */
  public WriteOptions madeFor(BaseUsage use) {
    return new WriteOptions(dtype, fold, rewrite, Optional.of(use));
  }
}
