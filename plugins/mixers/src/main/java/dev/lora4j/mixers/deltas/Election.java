package dev.lora4j.mixers.deltas;

import dev.lora4j.core.tensor.Expr;
import java.util.List;

/** Election of a sign at each number where adapters disagree. */
public enum Election {
  /** Sign of the weighted sum (Yadav et al. 2023); none where it is 0. */
  SUM,
  /** Sign of most, after weights; the positive one where as many have either. */
  COUNT,
  /** Sign of the sum before weights, 0 counting as positive, as in PEFT. */
  PLAIN_SUM,
  /** Sign of most before weights, as in PEFT. */
  PLAIN_COUNT;

  /**
   * The sign 1 or -1 of those that count, F32; 0 where none does.
   *
   * @param plain changes before weights
   * @param weighted changes after them
   */
  Expr sign(List<Expr> plain, List<Expr> weighted) {
    return switch (this) {
      case SUM -> Consensus.sum(weighted).sign();
      case COUNT -> either(Consensus.sum(weighted.stream().map(Expr::sign).toList()));
      case PLAIN_SUM -> either(Consensus.sum(plain));
      case PLAIN_COUNT -> either(Consensus.sum(plain.stream().map(Expr::sign).toList()));
    };
  }

  /** True if an election takes the changes before weights. */
  boolean plain() {
    return this == PLAIN_SUM || this == PLAIN_COUNT;
  }

  private static Expr either(Expr balance) {
    return balance.sign().add(0.5).sign();
  }
}
