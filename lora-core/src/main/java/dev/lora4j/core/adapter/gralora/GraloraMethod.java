package dev.lora4j.core.adapter.gralora;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * GraLoRA on linear layers: block m of the outputs and block n of the inputs have the change {@code
 * sum over s of gralora_B[m, n q + s, o] * gralora_A[n, i, m q + s]} with {@code q = rank / k}
 * directions; {@code gralora_A} [k, in / k, rank], {@code gralora_B} [k, rank, out / k]. A hybrid
 * has a LoRA of another rank beside it. Scale {@code alpha / (rank + that rank)}.
 */
@Extension(
    point = AdapterMethod.class,
    name = GraloraMethod.NAME,
    help = "GraLoRA: a LoRA for each block of the weight")
public final class GraloraMethod implements AdditiveMethod {
  /** Its name. */
  public static final String NAME = "gralora";

  /** Role of the factor that the input meets first. */
  public static final String A = "gralora_A";

  /** Role of the factor that gives the output. */
  public static final String B = "gralora_B";

  /** Role of the hybrid's factor that the input meets first, [rank, in]. */
  public static final String WHOLE_A = "gralora_A_general.weight";

  /** Role of the hybrid's factor that gives the output, [out, rank]. */
  public static final String WHOLE_B = "gralora_B_general.weight";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR);
  }

  @Override
  public Set<String> roles() {
    return Set.of(A, B, WHOLE_A, WHOLE_B, ALPHA, Alpha.SCALE);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(A);
  }

  @Override
  public Factors read(SiteTensors in) {
    Site site = in.site();
    Shape found = in.tensor(A).shape();
    long blocks = in.size(A, 0);
    long rank = in.size(A, 2);
    if (found.rank() != 3
        || found.size(1) * blocks != site.in()
        || site.out() % blocks != 0
        || rank % blocks != 0) {
      throw in.wrong(
          A,
          "[k, "
              + site.in()
              + " / k, rank] with a k that divides the rank, "
              + site.in()
              + " and "
              + site.out());
    }
    Map<String, HostTensor> tensors = new TreeMap<>(Map.of(A, in.tensor(A)));
    Shape wanted = Shape.of(blocks, rank, site.out() / blocks);
    if (!in.tensor(B).shape().equals(wanted)) {
      throw in.wrong(B, wanted.toString());
    }
    tensors.put(B, in.tensor(B));
    long total = rank;
    if (in.has(WHOLE_A) || in.has(WHOLE_B)) {
      long more = in.size(WHOLE_A, 0);
      tensors.put(WHOLE_A, in.tensor(WHOLE_A, Shape.of(more, site.in())));
      tensors.put(WHOLE_B, in.tensor(WHOLE_B, Shape.of(site.out(), more)));
      total += more;
    }
    return Factors.of(NAME, tensors, Map.of(ALPHA, Alpha.read(in, total)));
  }

  /** Ranks of the blocks and of the hybrid together. */
  private static long total(FactorStructure factors) {
    return factors.shape(A).size(2) + (factors.has(WHOLE_A) ? factors.shape(WHOLE_A).size(0) : 0);
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of(factors.shape(A).size(2));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.open(A, 2).open(B, 1).open(WHOLE_A, 0).open(WHOLE_B, 1).without(ALPHA);
  }

  @Override
  public double scale(FactorStructure factors) {
    return factors.number(ALPHA) / total(factors);
  }

  /** The directions of all blocks: k times the rank, and those of the hybrid. */
  @Override
  public OptionalInt rank(Site site, FactorStructure factors) {
    Shape a = factors.shape(A);
    long rank = (a.size(0) - 1) * a.size(2) + total(factors);
    return rank * (site.out() + site.in()) < site.weight().elements()
        ? OptionalInt.of(Math.toIntExact(rank))
        : OptionalInt.empty();
  }

  private static BlockFactors blocks(StagedFactors factors) {
    return new BlockFactors(factors.get(A), factors.get(B));
  }

  @Override
  public LowRank lowRank(Site site, StagedFactors factors) {
    LowRank all = blocks(factors).product(site);
    return factors
        .find(WHOLE_A)
        .map(a -> new LowRank(all.down().cat(0, a), all.up().cat(1, factors.get(WHOLE_B))))
        .orElse(all);
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    Expr change = blocks(factors).delta(site);
    return factors
        .find(WHOLE_A)
        .map(a -> change.add(factors.get(WHOLE_B).matmul(a)))
        .orElse(change);
  }

  @Override
  public Expr unmerged(Site site, Expr x, StagedFactors factors) {
    Expr y = blocks(factors).linear(x);
    return factors
        .find(WHOLE_A)
        .map(a -> y.add(x.linear(a).linear(factors.get(WHOLE_B))))
        .orElse(y);
  }
}
