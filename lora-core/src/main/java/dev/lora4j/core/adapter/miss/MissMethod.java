package dev.lora4j.core.adapter.miss;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.Matrices;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * MiSS on linear layers: {@code delta[o, j] = block[j mod rank, o mod columns]}, with {@code
 * miss_block} [rank, columns]. Usually there is a column for each output; PEFT's {@code mini} has
 * fewer. It has no scale, and is a LoRA of that rank whose down factor is fixed.
 */
@Extension(
    point = AdapterMethod.class,
    name = MissMethod.NAME,
    help = "MiSS: a block that is repeated along the inputs")
public final class MissMethod implements AdditiveMethod {
  /** Its name. */
  public static final String NAME = "miss";

  /** Role of the block. */
  public static final String BLOCK = "miss_block";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR);
  }

  @Override
  public Set<String> roles() {
    return Set.of(BLOCK);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.shape(BLOCK).filter(s -> s.rank() != 3).isPresent();
  }

  @Override
  public Factors read(SiteTensors in) {
    Site site = in.site();
    long rank = in.size(BLOCK, 0);
    long columns = in.size(BLOCK, 1);
    if (rank > site.in() || site.out() % columns != 0) {
      throw in.wrong(
          BLOCK,
          "[rank, columns] with a rank of at most "
              + site.in()
              + " and "
              + site.out()
              + " columns, or a number that divides this");
    }
    HostTensor block = in.tensor(BLOCK, Shape.of(rank, columns));
    return Factors.of(NAME, Map.of(BLOCK, block), Map.of());
  }

  /** The columns have the outputs; those that are repeated are written out first. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    HostTensor columns = Matrices.transposed(factors.tensor(BLOCK));
    Shape all = columns.shape().with(0, whole.out());
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(columns.dtype().bytes(all.elements())));
    while (bytes.hasRemaining()) {
      bytes.put(columns.bytes());
    }
    HostTensor mine = share.of(HostTensor.of(columns.dtype(), all, bytes.flip()));
    return Factors.of(NAME, Map.of(BLOCK, Matrices.transposed(mine)), factors.settings());
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of(factors.shape(BLOCK).size(0));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.open(BLOCK, 0);
  }

  @Override
  public double scale(FactorStructure factors) {
    return 1;
  }

  @Override
  public OptionalInt rank(Site site, FactorStructure factors) {
    return OptionalInt.of(Math.toIntExact(factors.shape(BLOCK).size(0)));
  }

  @Override
  public LowRank lowRank(Site site, StagedFactors factors) {
    return ShardSums.product(site, factors.get(BLOCK));
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    return ShardSums.delta(site, factors.get(BLOCK));
  }

  @Override
  public Expr unmerged(Site site, Expr x, StagedFactors factors) {
    Expr block = factors.get(BLOCK);
    Dim rank = block.dim(0);
    return ShardSums.of(x, rank).linear(ShardSums.up(site, block));
  }
}
