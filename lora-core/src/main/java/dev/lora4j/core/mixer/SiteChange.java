package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.tensor.Expr;

/** What a mixer makes of the changes at a parameter. */
public sealed interface SiteChange {
  /**
   * All numbers of it.
   *
   * @param delta in the shape of the changes that went in, F32
   */
  record Dense(Expr delta) implements SiteChange {}

  /**
   * A product of two factors.
   *
   * @param factors down [rank, rest] and up [out, rank], F32
   */
  record Product(LowRank factors) implements SiteChange {}
}
