package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011), in operators on I64, whose elements hold 32 bits each.
 */
final class Philox {
  static final long MASK = 0xFFFFFFFFL;
  private static final int ROUNDS = 10;
  private static final long[] MULTIPLIERS = {0xD2511F53L, 0xCD9E8D57L};
  private static final long[] STEPS = {0x9E3779B9L, 0xBB67AE85L};

  private Philox() {}

  /**
   * Four words from 0 to 2^32 - 1 for each counter.
   *
   * @param counter its four words, each below 2^32; shapes broadcast
   * @param low lower half of the key, a scalar below 2^32
   * @param high upper half of the key
   */
  static List<Expr> words(List<Expr> counter, Expr low, Expr high) {
    List<Expr> lowKeys = keys(low, STEPS[0]);
    List<Expr> highKeys = keys(high, STEPS[1]);
    List<Expr> x = new ArrayList<>(counter);
    for (int round = 0; round < ROUNDS; round++) {
      Expr first = x.get(0).mul((double) MULTIPLIERS[0]);
      Expr second = x.get(2).mul((double) MULTIPLIERS[1]);
      Expr x0 = mixed(second, x.get(1), lowKeys.get(round));
      Expr x2 = mixed(first, x.get(3), highKeys.get(round));
      // The words 1 and 3 keep what is above their 32 bits, which the next mixing takes off.
      x = List.of(x0, second, x2, first);
    }
    return List.of(x.get(0), x.get(1).bitAnd(MASK), x.get(2), x.get(3).bitAnd(MASK));
  }

  /** The key of each round: it grows by a step, modulo 2^32. */
  private static List<Expr> keys(Expr key, long step) {
    Expr rounds = Constants.arange(key.graph(), DType.I64, Dim.of(ROUNDS));
    return rounds.mul((double) step).add(key).bitAnd(MASK).unbind(0);
  }

  private static Expr mixed(Expr product, Expr word, Expr key) {
    return product.shiftRight(32).bitXor(word).bitXor(key).bitAnd(MASK);
  }
}
