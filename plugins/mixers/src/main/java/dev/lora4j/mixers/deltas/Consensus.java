package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.tensor.Expr;
import java.util.ArrayList;
import java.util.List;

/**
 * Consensus of several changes at each number.
 *
 * @param election which sign wins
 * @param divide what the sum of those with that sign is divided by
 */
record Consensus(Election election, SumDivisor divide) {
  /** The sum. */
  static Expr sum(List<Expr> all) {
    return all.stream().reduce(Expr::add).orElseThrow();
  }

  /** Changes times the weights of their parts. */
  static List<Expr> weighted(List<SiteDelta> parts, List<Expr> changes) {
    List<Expr> all = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      all.add(changes.get(i).mul(parts.get(i).weight()));
    }
    return all;
  }

  /** The changes that have the sign that won, together. */
  Expr of(List<SiteDelta> parts, List<Expr> changes) {
    List<Expr> weighted = weighted(parts, changes);
    Expr won = election.sign(changes, weighted);
    List<Expr> judged = election.plain() ? changes : weighted;
    // 0 has no sign, so that it agrees with none.
    List<Expr> sums = new ArrayList<>();
    List<Expr> divisors = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      Expr agrees = Indicator.positive(judged.get(i).mul(won));
      sums.add(weighted.get(i).mul(agrees));
      divisors.add(divide == SumDivisor.WEIGHTS ? agrees.mul(parts.get(i).weight()) : agrees);
    }
    Expr sum = sum(sums);
    if (divide == SumDivisor.NONE) {
      return sum;
    }
    Expr divisor = sum(divisors);
    // Counts are 0, 1 and more.
    return sum.div(divide == SumDivisor.COUNT ? divisor.clampMin(1) : Indicator.divisor(divisor));
  }
}
