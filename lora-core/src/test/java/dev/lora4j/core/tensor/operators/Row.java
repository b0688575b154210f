package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Expr;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A variant of an operator, as a function from generated operands to results.
 *
 * @param method the method it covers, as {@code name(Type, Type)} with simple names
 * @param stage stages a case; equal choices of the operands must stage the same
 */
record Row(String method, Function<Operands, List<Expr>> stage, Set<Trait> traits) {
  /** What the tests must not expect of a row. */
  enum Trait {
    /** Has no gradient, or none that finite differences in double precision can show. */
    FLAT,
    /** Sizes depend on values, so that they are unknown while staging whatever is known. */
    SIZED_BY_VALUES
  }

  /** How many cases are generated from a row. */
  static final int CASES = 4;

  /** A row with one result that passes gradients to each real operand. */
  static Row of(String method, Function<Operands, Expr> stage) {
    return several(method, operands -> List.of(stage.apply(operands)));
  }

  /** A row with several results. */
  static Row several(String method, Function<Operands, List<Expr>> stage) {
    return new Row(method, stage, Set.of());
  }

  /** A row with one result that passes no gradient. */
  static Row flat(String method, Function<Operands, Expr> stage) {
    return of(method, stage).with(Trait.FLAT);
  }

  Row with(Trait trait) {
    Set<Trait> all = EnumSet.of(trait);
    all.addAll(traits);
    return new Row(method, stage, Set.copyOf(all));
  }

  boolean has(Trait trait) {
    return traits.contains(trait);
  }
}
