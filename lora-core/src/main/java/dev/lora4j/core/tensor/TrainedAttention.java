package dev.lora4j.core.tensor;

import java.util.List;
import java.util.Optional;

/**
 * Attention in BF16 that a gradient goes through, on a CPU. The engine's gradient multiplies block
 * by block of each head in BF16, and each product costs as much to set up as thousands of
 * multiplications. Where there are few queries that is most of the time, and computing in F32 takes
 * a third of it; where there are many, BF16 is as fast or faster and needs half the memory.
 */
final class TrainedAttention {
  private static final String OPERATOR = "scaled_dot_product_attention";

  /** Least number of queries that stay in BF16; measured, see docs/dev/decisions. */
  static final int MANY = 512;

  private static final int QUERIES = 0;
  private static final int TOKENS = 2;

  private TrainedAttention() {}

  /**
   * Program text with an operator's result, computed in F32 for fewer than {@link #MANY} queries;
   * empty if the operator is not attention in BF16. Each run decides by its number of queries,
   * since one program serves all sizes.
   *
   * @param arguments the operator's staged arguments
   */
  static Optional<String> of(String operator, List<Object> arguments) {
    if (!operator.equals(OPERATOR)
        || !(arguments.get(QUERIES) instanceof Expr queries)
        || queries.dtype() != DType.BF16) {
      return Optional.empty();
    }
    List<Object> wide = arguments.stream().map(TrainedAttention::inF32).toList();
    return Optional.of(
        cast(call(wide), DType.BF16)
            + " if torch.lt(torch.size("
            + queries
            + ", "
            + TOKENS
            + "), "
            + MANY
            + ") else "
            + call(arguments));
  }

  private static Object inF32(Object argument) {
    return argument instanceof Expr e && e.dtype() == DType.BF16
        ? new ProgramText.Verbatim(cast(e.toString(), DType.F32))
        : argument;
  }

  private static String call(List<Object> arguments) {
    return "torch." + OPERATOR + ProgramText.arguments(arguments);
  }

  private static String cast(String value, DType type) {
    return "torch.to(" + value + ", " + ProgramText.argument(type) + ")";
  }
}
