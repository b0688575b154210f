package dev.lora4j.core.adapter.miss;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;

/**
 * The mathematics of MiSS for a block [rank, columns]: inputs are added up in shards of the rank,
 * so that input j meets row j mod rank. The last shard may be shorter.
 */
final class ShardSums {
  private ShardSums() {}

  /** The sums over all shards: [..., in] to [..., rank]. */
  static Expr of(Expr x, Dim rank) {
    Dim in = x.dim(-1);
    Dim shards = in.over(rank);
    Dim whole = shards.times(rank);
    Dim rest = in.minus(whole);
    Expr sums =
        x.narrow(-1, Dim.of(0), whole).reshape(Dim.withLast(x, shards, rank)).over(-2).sum();
    if (rest.known() == 0) {
      return sums;
    }
    Expr none = Constants.zeros(x.graph(), x.dtype(), Dim.withLast(x, rank.minus(rest)));
    return sums.add(x.narrow(-1, whole, rest).cat(-1, none));
  }

  /** The factor of the outputs, [out, rank]: the block's columns, repeated along the outputs. */
  static Expr up(Site site, Expr block) {
    Expr columns = block.transpose(0, 1);
    long times = site.out() / block.shape().size(1);
    return times == 1 ? columns : columns.repeat(times, 1);
  }

  /** The change of the weight as a product, of which the first factor makes the sums. */
  static LowRank product(Site site, Expr block) {
    Expr one = Constants.eye(block.graph(), block.dtype(), block.dim(0));
    return new LowRank(repeated(site, one), up(site, block));
  }

  /** The change of the weight. */
  static Expr delta(Site site, Expr block) {
    return repeated(site, up(site, block));
  }

  /** [rows, rank] repeated along the inputs: [rows, in]. */
  private static Expr repeated(Site site, Expr shard) {
    Dim rank = shard.dim(1);
    Dim enough = Dim.of(site.in()).over(rank).plus(1);
    return shard
        .unsqueeze(1)
        .expand(shard.dim(0), enough, rank)
        .reshape(shard.dim(0), enough.times(rank))
        .narrow(1, Dim.of(0), Dim.of(site.in()));
  }
}
