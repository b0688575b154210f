package dev.lora4j.text.t5;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;

/**
 * Relative position biases, added to the score of a key by its distance from the token (Raffel et
 * al. 2020): one number of each head for each bucket of distances. Half of the buckets are for one
 * distance each, the other half grow with the logarithm.
 *
 * @param buckets how many there are
 * @param furthest the distance from which on all are in the last bucket
 * @param bothWays whether tokens see those after them, which then have half of the buckets
 */
record RelativePositions(int buckets, int furthest, boolean bothWays) {
  private static final String TABLE = "relative_attention_bias";

  /**
   * Stages it.
   *
   * @param at the attention that has the table
   * @param distances I64 [batch, tokens, keys], below 0 for keys before the token
   * @return [batch, heads, tokens, keys]
   */
  Expr bias(Weights at, Expr distances, int heads, DType compute) {
    return at.embedding(TABLE, bucket(distances), buckets, heads).to(compute).permute(0, 3, 1, 2);
  }

  /** I64 of the same shape. Logarithms are in F32, as transformers forms them. */
  private Expr bucket(Expr distances) {
    int ways = bothWays ? buckets / 2 : buckets;
    int exact = ways / 2;
    Expr far = bothWays ? distances.abs() : distances.clampMax(0).neg();
    Expr logarithm = far.to(DType.F32).div(exact).log().div(Math.log((double) furthest / exact));
    Expr wide = logarithm.mul(ways - exact).to(DType.I64).add(exact).clampMax(ways - 1);
    Expr bucket = far.where(far.lt(exact), wide);
    return bothWays ? bucket.add(distances.gt(0).to(DType.I64).mul(ways)) : bucket;
  }
}
