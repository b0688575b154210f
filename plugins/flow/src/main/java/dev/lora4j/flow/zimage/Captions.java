package dev.lora4j.flow.zimage;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;

/**
 * Lengths of texts. Each is filled up to a multiple of 32 tokens with tokens that count as its own;
 * those behind them, which longer texts of the batch have, are not seen.
 *
 * @param length tokens of each text, I64 [texts, 1]
 * @param filled the same, filled up, I64 [texts, 1]
 * @param tokens tokens of the longest, filled up
 */
record Captions(Expr length, Expr filled, Dim tokens) {
  /** Tokens come in multiples of it, those of pictures too. */
  static final int UNIT = 32;

  /** Lengths of a conditioning [texts, tokens, width], whose texts end where zeros begin. */
  static Captions of(Expr context) {
    Expr told = context.abs().over(-1).max().gt(0).to(DType.I64);
    Expr last = told.mul(places(context.graph(), context.dim(1)).add(1)).over(1).keeping().max();
    Expr length = last.clampMin(1);
    Expr filled = length.add(UNIT - 1).floorDiv(UNIT).mul(UNIT);
    return new Captions(length, filled, context.dim(1).plus(missing(context.dim(1))));
  }

  /** Tokens that a number of them lacks to the next multiple. */
  static Dim missing(Dim tokens) {
    return tokens.plus(UNIT - 1).over(UNIT).times(UNIT).minus(tokens);
  }

  /** 0, 1, ...: I64 [count]. */
  static Expr places(Graph graph, Dim count) {
    return Constants.arange(graph, DType.I64, count);
  }

  /** True at tokens that fill a text up or are behind it, BOOL [texts, tokens]. */
  Expr fillers() {
    return places(length.graph(), tokens).unsqueeze(0).ge(length);
  }

  /** True at the tokens of texts and what fills them up, BOOL [texts, tokens]. */
  Expr seen() {
    return places(length.graph(), tokens).unsqueeze(0).lt(filled);
  }
}
